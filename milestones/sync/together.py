"""How are hundreds of milestones made at a target that has never seen them, in one request?

Only made: `if_version` 0 says that there is none of this code yet, so what somebody has there under it comes back as a
conflict and is compared like any other. What was made is read back and tied; states, and dates that moved since the
baseline, follow one by one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from milestones.models import Direction, SyncTrouble

from .left import Left
from .marks import Marks
from .nouns import NOUNS, Data
from .sides import query
from .writing import Writer, path

FEW = 20  # fewer are made one by one
LIST = 1000  # objects of one page
MILESTONE = NOUNS["milestone"]


@dataclass(frozen=True)
class New:
    """A milestone of the source, the marks of what it says, and how the target is told."""

    data: Data
    wanted: Marks
    body: Mapping[str, Any]

    @property
    def source_id(self) -> str:
        return str(self.data["id"])


def make(writer: Writer, rows: Iterable[Data]) -> set[str]:
    """Those of `rows` (by their ids at the source) that the target has got and that are tied now; the others are for
    whoever goes on one by one. In a pull it belongs into one transaction."""
    news = list(_news(writer, rows))
    if len(news) < FEW:
        return set()
    _begin(writer, news)
    rows_told = [{**new.body, "if_version": 0} for new in news]
    answer = writer.target.ask("POST", "/milestones/batch", rows_told)
    results = answer.data["results"] if answer.ok else ()
    made = {one["id"]: news[one["index"]] for one in results if one["status"] == "created"}
    writer.writes += len(made)
    present = _present(writer, made)
    tied = [(made[pk].source_id, pk, writer.pairs.target_marks(MILESTONE, data)) for pk, data in present.items()]
    writer.pairs.tie_new(MILESTONE.entity, tied)
    _begun(writer, news).delete()
    return {source for source, _pk, _agreed in tied}


def _news(writer: Writer, rows: Iterable[Data]) -> Iterator[New]:
    """Those that are not tied, and that refer to nothing that is still to come."""
    rows = list(rows)
    tied = writer.pairs.tied(MILESTONE.entity, [row["id"] for row in rows])
    for data in rows:
        if data["id"] not in tied:
            try:
                yield New(data, writer.pairs.source_marks(MILESTONE, data), writer.body(MILESTONE, data))
            except Left:
                continue


def _present(writer: Writer, made: Mapping[str, New]) -> dict[str, Data]:
    """What the target has now, by its ids: the newest of each plan, and one by one what others wrote in between."""
    plans: dict[str, int] = defaultdict(int)
    for new in made.values():
        plans[new.body["plan"]] += 1
    found: dict[str, Data] = {}
    for plan, count in plans.items():
        limit = str(min(count, LIST))
        answer = writer.target.ask("GET", query("/milestones", plan=plan, ordering="-created_at", limit=limit))
        found |= {one["id"]: one for one in answer.data["results"] if one["id"] in made} if answer.ok else {}
    for pk in made.keys() - found.keys():
        answer = writer.target.ask("GET", path(MILESTONE, pk))
        if answer.ok:
            found[pk] = answer.data
    return found


def _begin(writer: Writer, news: Sequence[New]) -> None:
    """As `Writer` notes of one: whose write it was that the target has after a kill."""
    if writer.link.direction != Direction.PUSH:
        return
    rows = [
        SyncTrouble(
            link=writer.link,
            entity=MILESTONE.entity,
            source_id=new.source_id,
            name=MILESTONE.name(new.data)[:200],
            code="begun",
            detail=json.dumps(new.wanted | {"state": ""}),
        )
        for new in news
    ]
    keys, said = ("link", "entity", "source_id"), ("name", "code", "detail")
    SyncTrouble.objects.bulk_create(rows, update_conflicts=True, unique_fields=keys, update_fields=said)


def _begun(writer: Writer, news: Sequence[New]) -> QuerySet[SyncTrouble]:
    ids = [new.source_id for new in news]
    return SyncTrouble.objects.filter(link=writer.link, entity=MILESTONE.entity, source_id__in=ids, code="begun")
