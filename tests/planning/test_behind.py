"""Since which day is a milestone behind its pace, and does the reminder sweep hear of it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from milestones.models import ChangeEntry, Dependency, Milestone, NextAssessment, NextLook
from milestones.planning import assessing, lifecycle, operations, overrides, plans
from milestones.workdays.periods import FuzzyDate
from tests.cast import NOW, SYSTEM, Cast
from tests.changes.replaying import alike, present, replayed
from tests.planning.test_assessment import morning, on, report, submit

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM}


def since(milestone: Milestone) -> date | None:
    return Milestone.objects.get(pk=milestone.pk).behind_since


def fall_behind(cast: Cast, as_of: str = "2023-06-30") -> Milestone:
    """A year's work, of which 10 per cent are done in June."""
    report(cast.roof, as_of, 10)
    return Milestone.objects.get(pk=cast.roof.pk)


def test_it_is_behind_from_the_day_on_which_a_report_says_so(running: Cast) -> None:
    assert since(running.roof) is None
    assert since(fall_behind(running)) == date(2023, 6, 30)


def test_the_first_day_stays_while_it_goes_on(running: Cast) -> None:
    fall_behind(running)
    report(running.roof, "2023-07-28", 20)
    assert since(running.roof) == date(2023, 6, 30)
    report(running.roof, "2023-08-28", 80)
    assert since(running.roof) is None
    report(running.roof, "2023-11-28", 80)
    assert since(running.roof) == date(2023, 11, 28)


def test_a_graver_reason_does_not_hide_it(running: Cast) -> None:
    roof = fall_behind(running)
    operations.forecast(roof, FuzzyDate.parse("2024"), reason="缓建", now=on("2023-07-03"), **HOW)
    assert (roof.health, roof.behind_since) == ("red", date(2023, 6, 30))
    overrides.give(roof, "green", reason="已商定", until=date(2023, 7, 20), now=on("2023-07-04"), **HOW)
    assert since(roof) == date(2023, 6, 30)


ENDS: dict[str, Callable[[Milestone], object]] = {
    "submitted": lambda m: submit(m, "2023-07-01", on("2023-07-03")),
    "cancelled": lambda m: lifecycle.cancel(m, reason="不建", now=on("2023-07-03"), **HOW),
    "its plan closed": lambda m: plans.close(m.plan, now=on("2023-07-03"), **HOW),
    "a date that leaves time": lambda m: operations.reschedule(
        m, FuzzyDate.parse("2033"), reason="延期", now=on("2023-07-03"), **HOW
    ),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_it_ends(running: Cast, end: Callable[[Milestone], object]) -> None:
    end(fall_behind(running))
    assert since(running.roof) is None
    assert alike(replayed(running.roof), present(running.roof))


def test_the_history_tells_it_with_the_health(running: Cast) -> None:
    roof = fall_behind(running)
    entry = ChangeEntry.objects.of(roof).latest("id")
    assert entry.changes["behind_since"] == [None, "2023-06-30"]
    assert alike(replayed(roof), present(roof))


def test_what_followed_by_itself_sends_back_nothing_that_was_typed(running: Cast) -> None:
    version = running.roof.version
    roof = fall_behind(running)
    operations.change(roof, {"title": "主楼"}, version=version, now=on("2023-07-03"), **HOW)


def test_the_verb_that_finds_it_wakes_the_sweep(running: Cast) -> None:
    NextLook.objects.all().delete()
    roof = fall_behind(running)
    assert NextLook.of(roof) == on("2023-06-30")
    NextLook.objects.all().delete()
    report(roof, "2023-07-03", 11)  # still behind: no news
    assert NextLook.of(roof) is None
    report(roof, "2023-07-04", 90)
    assert NextLook.of(roof) == on("2023-07-04")


def test_the_job_that_finds_it_wakes_the_sweep_and_sleeps_till_tomorrow(running: Cast) -> None:
    """A calendar that changed, a plan with another tolerance: nobody's verb."""
    report(running.roof, "2023-06-30", 45)
    assert since(running.roof) is None
    plans.edit(running.plan, {"tolerance": 1}, now=on("2023-07-03"), **HOW)
    NextLook.objects.all().delete()
    assessing.assess(on("2023-07-03"))
    assert since(running.roof) == date(2023, 7, 3)
    assert NextLook.of(running.roof) == on("2023-07-03")
    assert NextAssessment.of(running.roof) == morning(date(2023, 7, 4), 0)
    assert alike(replayed(running.roof), present(running.roof))


def test_a_job_that_ends_before_it_told_the_sweep_tells_it_next_time(
    running: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(running.roof, "2023-06-30", 45)
    plans.edit(running.plan, {"tolerance": 1}, now=on("2023-07-03"), **HOW)
    NextLook.objects.all().delete()

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(NextLook.objects.all()), "wake", killed)
        with pytest.raises(KeyboardInterrupt):
            assessing.assess(on("2023-07-03"))
    assert since(running.roof) == date(2023, 7, 3)
    assert NextLook.of(running.roof) is None
    assessing.assess(on("2023-07-03") + timedelta(minutes=1))
    assert NextLook.of(running.roof) == on("2023-07-03") + timedelta(minutes=1)


def test_only_its_own_report_makes_it_behind(running: Cast) -> None:
    fall_behind(running)
    Dependency.objects.create(predecessor=running.roof, successor=running.school, created_at=NOW, updated_at=NOW)
    assessing.assess(on("2023-07-03"))
    assert since(running.school) is None
