"""Is what has a number sealed with it, once, and in the same words on every database?"""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.db import connection, transaction

from milestones.changes import publish as publishing
from milestones.changes import seals, verifying
from milestones.changes.publish import publish, publish_all
from milestones.models import ChangeEntry, HistorySeal
from milestones.planning import operations
from tests import cast as casting
from tests.cast import LATER, SYSTEM, Cast
from tests.two_at_once import together

ONE = (
    '{"actor_id":null,"actor_label":"office","at":"2023-01-12T01:00:00.000005+00:00",'
    '"changes":{"a":[100,1.5],"due_on":[null,"2023-12-31"],"title":["","\\u65b0"],"z":[{"b":1,"y":[true]},null]},'
    '"client":"","entity":"milestone","id":9000001,"object_id":"0185a3c0-0000-7000-8000-000000000001","op":"update",'
    '"plan_id":"0185a3c0-0000-7000-8000-000000000002","reason":"\\u53f0\\u98ce\\n\\"x\\"","seq":1,"verb":"milestone.edit",'
    '"version":2,"via":"web"}'
)
FLOATS = {"a": [1e2, 1.5]}


def ranges() -> list[tuple[int, int]]:
    return list(HistorySeal.objects.order_by("id").values_list("first_seq", "last_seq"))


@pytest.mark.django_db
def test_an_entry_has_the_same_canonical_form_on_every_database() -> None:
    """Read back from the tables: keys in another order, 1e2, an instant of another time zone."""
    ChangeEntry.objects.create(
        id=9_000_001,
        seq=1,
        entity="milestone",
        object_id=uuid.UUID("0185a3c0-0000-7000-8000-000000000001"),
        plan_id=uuid.UUID("0185a3c0-0000-7000-8000-000000000002"),
        op="update",
        version=2,
        verb="milestone.edit",
        changes={
            "z": [{"y": [True], "b": 1}, None],
            "title": ["", "新"],
            "due_on": [None, "2023-12-31"],
            "a": [1e2, 1.5],
        },
        reason='台风\n"x"',
        actor_label="office",
        via="web",
        at=datetime(2023, 1, 12, 9, 0, 0, 5, tzinfo=casting.NOW.tzinfo),
    )
    (row,) = seals.rows(ChangeEntry.objects.all())
    assert seals.canonical(row).decode() == ONE
    assert seals.digest("before", [row]) == hashlib.sha256(f"before\n{ONE}\n".encode()).hexdigest()


def test_an_instant_is_written_in_utc_whatever_its_zone() -> None:
    shanghai, utc = casting.NOW, casting.NOW.astimezone(UTC)
    place = seals.SEALED.index("at")
    rows = [tuple(at if i == place else None for i in range(len(seals.SEALED))) for at in (shanghai, utc)]
    assert seals.canonical(rows[0]) == seals.canonical(rows[1])


@pytest.mark.django_db
def test_what_gets_a_number_is_sealed_by_the_same_run(cast: Cast) -> None:
    total = ChangeEntry.objects.count()
    assert publish() == total
    assert ranges() == [(1, total)]
    operations.change(cast.roof, {"title": "新"}, actor=SYSTEM, now=LATER)
    publish_all()
    assert ranges() == [(1, total), (total + 1, total + 1)]
    first, second = HistorySeal.objects.order_by("id")
    assert (first.previous, second.previous) == ("", first.digest)
    publish_all()
    assert HistorySeal.objects.count() == 2


@pytest.mark.django_db
def test_a_seal_is_no_longer_than_its_length(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "LENGTH", 4)
    publish(limit=6)
    assert ranges() == [(1, 4), (5, 6)]


@pytest.mark.django_db
def test_what_was_numbered_before_there_were_seals_is_sealed_by_the_first_run(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = ChangeEntry.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(publishing.NUMBER, [total])
    monkeypatch.setattr(seals, "LENGTH", 5)
    assert publish(limit=7) == 0
    assert ranges() == [(1, 5), (6, 7)]
    assert publish_all() == 0
    assert ranges()[-1][1] == total
    assert list(verifying.faults()) == []


@pytest.mark.django_db
def test_a_run_that_is_rolled_back_leaves_neither_numbers_nor_seals(cast: Cast) -> None:
    with transaction.atomic():
        publish()
        transaction.set_rollback(True)
    assert not HistorySeal.objects.exists()
    assert not ChangeEntry.objects.filter(seq__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_publishers_at_once_make_one_chain(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "LENGTH", 3)
    results = together(*[publish_all] * 4)
    assert not [r for r in results if isinstance(r, Exception)]
    publish_all()
    found = list(HistorySeal.objects.order_by("id"))
    assert all(one.digest == other.previous and one.last_seq + 1 == other.first_seq for one, other in pairwise(found))
    assert found[-1].last_seq == ChangeEntry.objects.count()
    assert list(verifying.faults()) == []
