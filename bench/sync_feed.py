"""How fast does the change feed deliver everything, and 100 changes out of a short and a long history?"""

from __future__ import annotations

import uuid
from urllib.parse import quote

from django.db import connection
from django.db.models import F

from bench import data, sync_data
from bench.figures import figure, median, seconds
from bench.served import Connection, served

SMALL, LARGE = 10_000, 1_000_000
CHANGES, TIMES = 100, 15


def run() -> None:
    sync_data.fill(SMALL)
    _history(SMALL)
    with served("write", "people:read") as link:
        took = median(lambda: seconds(lambda: _everything(link)))
        small = median(lambda: _increment(link), TIMES)
    figure("sync.feed_rows_per_s", SMALL / took, "rows/s")
    figure("sync.increment_100_ms", small * 1000, "ms")
    _grow()
    with served("write", "people:read") as link:
        large = median(lambda: _increment(link), TIMES)
    figure("sync.increment_100_of_1m_ms", large * 1000, "ms")
    figure("sync.increment_1m_vs_10k_per_s", CHANGES / large, "rows/s")
    figure("sync.limit.increment_1m_vs_10k_per_s", CHANGES / small, "rows/s")
    figure("sync.increment_ratio_1m_vs_10k", large / small, "ratio")


def _everything(link: Connection) -> None:
    path, rows = "/api/v1/changes?limit=1000&entity=milestone", 0
    while path:
        text = link.text("GET", path)
        rows += text.count(b'"op":"upsert"')
        found = text.rpartition(b'],"cursor":"')[2].partition(b'"')[0].decode()
        more = text.endswith(b'"has_more":true}')
        path = f"/api/v1/changes?limit=1000&cursor={quote(found)}" if more else ""
    assert rows == SMALL, rows


def _increment(link: Connection) -> float:
    """Seconds from the question to the whole answer, numbering and sealing of the changes included."""
    start = link.get(f"/api/v1/changes?limit=1&cursor={quote(_at_the_end())}")["cursor"]
    _change()
    path = f"/api/v1/changes?limit={CHANGES}&cursor={quote(start)}"
    took = seconds(lambda: link.text("GET", path))
    found = link.get(path)["results"]
    assert len(found) == CHANGES
    assert all(row["data"]["title"] == "changed" for row in found)
    return took


def _at_the_end() -> str:
    """A cursor as the newest client would have after its first crawl."""
    from django.utils import timezone

    from milestones.clients import tokens
    from milestones.models import ApiClient, ChangeEntry
    from milestones.sync import cursor, epoch
    from milestones.sync.cursor import Cursor, Phase
    from milestones.sync.reader import Reader

    client, now = ApiClient.objects.latest("created_at", "id"), timezone.now()
    stands = epoch.standing(now=now)
    reader = Reader(tokens.acting(client, now), f"client:{client.pk}", people=True)
    assert ChangeEntry.objects.filter(seq=stands.last).exists()
    return cursor.write(Cursor(Phase.FOLLOW, stands.last), reader.holder(stands.epoch), now.date())


def _change() -> None:
    """100 objects all over the table, each with its entry, committed and without numbers."""
    from milestones.models import ChangeEntry, Milestone

    step = Milestone.objects.count() // CHANGES
    codes = [f"B-{n * step + 7}" for n in range(CHANGES)]
    rows = Milestone.objects.filter(code__in=codes)
    rows.update(title="changed", version=F("version") + 1)
    ChangeEntry.objects.bulk_create(
        ChangeEntry(
            entity="milestone",
            object_id=row.pk,
            op="update",
            version=row.version,
            verb="milestone.edit",
            changes={"title": ["临港科技城主体结构封顶", "changed"]},
            actor_label="office",
            via="web",
            plan_id=row.plan_id,
            at=data.NOW,
        )
        for row in rows
    )


def _grow() -> None:
    sync_data.empty()
    data.milestones(0, LARGE, data.FAR, data.people(200), data.NOW)
    _history(LARGE)
    sync_data.analyse()


def _history(count: int) -> None:
    """As many numbered entries as there are milestones, sealed already as far as the publisher is concerned."""
    from milestones.models import ChangeEntry, HistorySeal

    last = ChangeEntry.objects.filter(seq__gt=0).order_by("-seq").values_list("seq", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO milestones_changeentry
                (seq, entity, object_id, op, version, verb, changes, reason, actor_label, client, via, plan_id, at)
            SELECT %s + ROW_NUMBER() OVER (ORDER BY id), 'milestone', id, 'create', 1,
                'milestone.create', %s, '', 'office', '', 'web', plan_id, created_at
            FROM milestones_milestone ORDER BY id LIMIT %s
            """,
            [last, '{"title": [null, "x"]}', count],
        )
    HistorySeal.objects.create(
        first_seq=last + 1, last_seq=last + count, previous="", digest=uuid.uuid4().hex * 2, at=data.NOW
    )
