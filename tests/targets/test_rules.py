"""Which input breaks which rule of a target or a reading, and is a reading ever rewritten?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from milestones.errors import DomainError, Forbidden
from milestones.models import Reading, Target
from milestones.targets import operations as targets
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast, acting
from tests.two_at_once import while_uncommitted

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}


def new(c: Cast, **values: Any) -> object:
    return casting.target(c.plan, c.stream, **{"code": "T2", **values})


def edit(c: Cast, **values: Any) -> object:
    return targets.edit(c.target, values, **HOW)


def record(c: Cast, **values: Any) -> Reading:
    given: Any = {"as_of": date(2023, 1, 10), "value": Decimal(1), "source": "统计局", **values}
    return targets.record_reading(c.target, **given, **HOW)


def revised_twice(c: Cast) -> object:
    first = record(c)
    record(c, revises=first)
    return record(c, revises=first)


def closed(act: Callable[[Cast], object]) -> Callable[[Cast], object]:
    def after(c: Cast) -> object:
        c.close()
        return act(c)

    return after


TOMORROW = NOW.date() + timedelta(days=1)
CASES: list[tuple[str, str | None, str, Callable[[Cast], object]]] = [
    ("a range without its upper value", "value_max", "rule", lambda c: new(c, bound="range")),
    ("a range whose upper value is below", "value_max", "rule",
     lambda c: new(c, bound="range", value_max=Decimal(19))),
    ("an upper value without a range", "value_max", "rule", lambda c: new(c, value_max=Decimal(30))),
    ("a target made a range without its upper value", "value_max", "rule", lambda c: edit(c, bound="range")),
    ("a target given an upper value", "value_max", "rule", lambda c: edit(c, value_max=Decimal(30))),
    ("a taken code", "code", "duplicate", lambda c: new(c, code="T1")),
    ("another plan's workstream", "workstream", "other_plan",
     lambda c: edit(c, workstream=casting.workstream(casting.plan("x")))),
    ("half a source sentence", "source_end", "span", lambda c: edit(c, source_start=3)),
    ("a source sentence turned round", "source_end", "span", lambda c: new(c, source_start=3, source_end=2)),
    ("a reading without its source", "source", "missing", lambda c: record(c, source=" ")),
    ("a reading of tomorrow", "as_of", "future", lambda c: record(c, as_of=TOMORROW)),
    ("a revision of another target's reading", "revises", "other_target",
     lambda c: record(c, revises=casting.read(casting.target(c.plan, c.stream, "T2")))),
    ("a second revision of one reading", "revises", "state", revised_twice),
    ("an active plan's target deleted", None, "cancel_instead", lambda c: targets.delete(c.target, **HOW)),
    ("a target for a closed plan", None, "plan_closed", closed(new)),
    ("a closed plan's target", None, "plan_closed", closed(lambda c: edit(c, value=Decimal(1)))),
    ("a reading for a closed plan", None, "plan_closed", closed(record)),
]  # fmt: skip


@pytest.mark.parametrize(("what", "field", "code", "act"), CASES, ids=[case[0] for case in CASES])
def test_is_refused(running: Cast, what: str, field: str | None, code: str, act: Any) -> None:
    with pytest.raises(DomainError) as refusal:
        act(running)
    assert (refusal.value.field, refusal.value.code) == (field, code)
    assert str(refusal.value)


def test_a_revision_is_a_new_row_and_the_old_one_stays(running: Cast) -> None:
    first = record(running)
    second = record(running, value=Decimal("1.2"), provisional=False, revises=first)
    third = record(running, value=Decimal("1.3"), revises=second)
    assert [r.value for r in Reading.objects.order_by("id")] == [Decimal(1), Decimal("1.2"), Decimal("1.3")]
    assert (third.revises, Reading.objects.get(pk=first.pk).version) == (second, 1)


def test_a_reading_keeps_who_recorded_it_by_role(running: Cast) -> None:
    given: Any = {"as_of": date(2023, 1, 10), "value": Decimal(1), "source": " 统计局 "}
    reading = targets.record_reading(running.target, **given, actor=acting(running.coordinator), now=NOW)
    assert (reading.recorded_by, reading.source) == ("金贸处 coordinator", "统计局")


@pytest.mark.parametrize("name", ["stranger", "other", "leader", "viewer"])
def test_others_record_nothing(running: Cast, name: str) -> None:
    given: Any = {"as_of": date(2023, 1, 10), "value": Decimal(1), "source": "x"}
    with pytest.raises(Forbidden):
        targets.record_reading(running.target, **given, actor=acting(getattr(running, name)), now=NOW)


def test_deleting_a_drafts_target_takes_its_readings(cast: Cast) -> None:
    first = casting.read(cast.target)
    casting.read(cast.target, revises=first)
    targets.delete(cast.target, **HOW)
    assert not Target.objects.exists()
    assert not Reading.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_revisions_of_one_reading_at_once(running: Cast) -> None:
    first = record(running)
    won, lost = while_uncommitted(partial(record, running, revises=first), partial(record, running, revises=first))
    assert isinstance(won, Reading)
    assert isinstance(lost, DomainError), lost
    assert Reading.objects.filter(revises=first).count() == 1
