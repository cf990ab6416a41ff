"""Which of the four dates follows which, and what does the date history keep?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db.models import Model

from milestones.models import DateRevision, Milestone, NextLook, Via
from milestones.planning import lifecycle, operations, plans
from milestones.workdays.periods import FuzzyDate, Precision
from tests import cast as casting
from tests.cast import JUNE, LATER, NOW, Q3, SYSTEM, TODAY, YEAR_END, Cast, acting

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}
DECEMBER = FuzzyDate(date(2023, 12, 31), Precision.MONTH)
LAST_DAY = FuzzyDate(date(2023, 12, 31))


def move(milestone: Milestone, due: FuzzyDate, reason: str = "台风") -> None:
    operations.reschedule(milestone, due, reason=reason, **HOW)


def history(milestone: Milestone) -> list[tuple[str, FuzzyDate | None, FuzzyDate | None]]:
    return [(row.which, row.old, row.new) for row in milestone.date_revisions.order_by("at", "id")]


def stored(row: Model) -> Any:
    return type(row)._default_manager.get(pk=row.pk)


def test_in_a_draft_the_baseline_follows_due_and_no_history_is_written(cast: Cast) -> None:
    move(cast.roof, Q3, reason="")
    fresh = stored(cast.roof)
    assert (fresh.due, fresh.baseline, fresh.due_version) == (Q3, Q3, 2)
    assert not DateRevision.objects.exists()


def test_from_activation_on_the_baseline_stays(cast: Cast) -> None:
    move(cast.roof, JUNE, reason="")
    cast.activate()
    move(cast.roof, Q3)
    assert (stored(cast.roof).due, stored(cast.roof).baseline) == (Q3, JUNE)


def test_in_an_active_plan_the_baseline_is_fixed_at_creation(running: Cast) -> None:
    late = casting.milestone(running.plan, running.stream, "FIN-09", JUNE)
    assert late.baseline == JUNE
    move(late, YEAR_END)
    assert stored(late).baseline == JUNE


def test_a_revision_keeps_old_and_new_reason_who_when_and_way_in(running: Cast) -> None:
    operations.reschedule(running.roof, Q3, reason="台风", actor=acting(running.office, Via.ADMIN), now=LATER)
    row = running.roof.date_revisions.get()
    assert (row.which, row.old, row.new, row.reason) == ("due", YEAR_END, Q3, "台风")
    assert (row.actor_id, row.actor_label, row.via, row.at) == (running.office.pk, "office", "admin", LATER)


def test_every_date_that_moves_has_a_row_of_its_own(running: Cast) -> None:
    operations.change(running.roof, {"due": Q3, "forecast": LAST_DAY}, reason="台风", **HOW)
    assert sorted(history(running.roof), key=str) == [("due", YEAR_END, Q3), ("forecast", None, LAST_DAY)]


def test_a_forecast_moves_nothing_else_and_can_be_taken_back(running: Cast) -> None:
    operations.forecast(running.roof, JUNE, reason="快", **HOW)
    operations.forecast(running.roof, None, reason="不知道", **HOW)
    fresh = stored(running.roof)
    assert (fresh.due, fresh.due_version, fresh.forecast) == (YEAR_END, 1, None)
    assert history(running.roof) == [("forecast", None, JUNE), ("forecast", JUNE, None)]


def test_an_actual_date_comes_with_the_submission_and_goes_with_the_return(running: Cast) -> None:
    casting.submit(running.roof, running.owner)
    lifecycle.return_(running.roof, reason="照片不清", **HOW)
    assert history(running.roof) == [("actual", None, TODAY), ("actual", TODAY, None)]
    assert [row.reason for row in running.roof.date_revisions.all()] == ["主体结构已封顶", "照片不清"]


def test_there_and_back_again_is_a_third_version(running: Cast) -> None:
    versions = [running.roof.due_version]
    for due in (Q3, YEAR_END, YEAR_END, Q3):
        move(running.roof, due)
        versions.append(stored(running.roof).due_version)
    assert versions == [1, 2, 3, 3, 4]


def test_a_precision_alone_is_a_version_too(running: Cast) -> None:
    for due in (DECEMBER, LAST_DAY):
        move(running.roof, due)
    assert stored(running.roof).due_version == 3
    assert history(running.roof) == [("due", YEAR_END, DECEMBER), ("due", DECEMBER, LAST_DAY)]


OTHER_CHANGES: dict[str, Callable[[Cast], object]] = {
    "title": lambda c: operations.change(c.roof, {"title": "新"}, **HOW),
    "forecast": lambda c: operations.forecast(c.roof, Q3, reason="r", **HOW),
    "owner": lambda c: operations.assign([c.roof], c.other, **HOW),
    "start": lambda c: lifecycle.start(c.roof, **HOW),
    "submit": lambda c: casting.submit(c.roof, c.owner),
    "cancel": lambda c: lifecycle.cancel(c.roof, reason="r", **HOW),
}


@pytest.mark.parametrize("what", OTHER_CHANGES)
def test_nothing_else_raises_the_deadline_version(running: Cast, what: str) -> None:
    OTHER_CHANGES[what](running)
    assert stored(running.roof).due_version == 1


def test_a_change_asks_the_sweep_to_look_at_once(running: Cast) -> None:
    NextLook.objects.all().delete()
    running.refresh()
    operations.reschedule(running.roof, Q3, reason="台风", actor=SYSTEM, now=LATER)
    operations.assign([running.school], running.leader, actor=SYSTEM, now=LATER)
    operations.change(running.rules, {"title": "新"}, actor=SYSTEM, now=LATER)
    fresh = [stored(m) for m in (running.roof, running.school, running.rules)]
    assert [NextLook.of(m) for m in fresh] == [LATER] * 3
    assert [m.reminded_since for m in fresh] == [LATER, LATER, NOW]


def test_a_draft_is_not_looked_at_until_it_is_active_nor_after_it_is_closed(cast: Cast) -> None:
    operations.change(cast.roof, {"title": "新"}, **HOW)
    assert NextLook.of(cast.roof) is None
    plans.activate(cast.plan, actor=SYSTEM, now=LATER)
    assert (NextLook.of(cast.roof), stored(cast.roof).reminded_since) == (LATER, LATER)
    cast.close()
    assert NextLook.of(cast.roof) is None
