"""When is a milestone's health stored, by whom, and with which entry of its history?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from milestones.changes import record
from milestones.models import ChangeEntry, Dependency, Heartbeat, Milestone, NextAssessment, StatusReport
from milestones.planning import assessing, assessment, day_overrides, lifecycle, operations, plans
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.cast import JUNE, NOW, SYSTEM, YEAR_END, Cast, acting
from tests.changes.replaying import alike, present, replayed

pytestmark = pytest.mark.django_db

NEXT_YEAR = FuzzyDate.parse("2024")


def morning(day: date, minute: int = 1) -> datetime:
    return datetime.combine(day, time(0, minute), NOW.tzinfo)


def on(text: str) -> datetime:
    """Noon of a day."""
    return datetime.combine(date.fromisoformat(text), time(12), NOW.tzinfo)


def stored(milestone: Milestone) -> tuple[str | None, str | None]:
    row = Milestone.objects.get(pk=milestone.pk)
    return row.health, row.health_reason["code"] if row.health_reason else None


def verbs(milestone: Milestone) -> list[str]:
    return list(ChangeEntry.objects.of(milestone).order_by("id").values_list("verb", flat=True))


def report(milestone: Milestone, as_of: str, progress: int, state: str = "submitted") -> StatusReport:
    """What the verbs of reports do: write the report, then refresh the health in the same transaction."""
    now = on(as_of)
    decided = {"decided_at": now, "note": "补充"} if state in ("returned", "accepted") else {}
    row = StatusReport(
        milestone=milestone,
        as_of=date.fromisoformat(as_of),
        progress=progress,
        state=state,
        submitted_at=None if state == "draft" else now,
        **decided,
    )
    with record.writing(actor=SYSTEM, now=now):
        record.create(row, actor=SYSTEM, verb="report.submit", now=now)
        assessment.refresh(milestone, now=now)
    return row


def depend(successor: Milestone, predecessor: Milestone) -> Dependency:
    row = Dependency(predecessor=predecessor, successor=successor)
    return record.create(row, actor=SYSTEM, verb="dependency.add", now=NOW)


def queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    return len([query for query in seen if "SAVEPOINT" not in (query["sql"] or "")])


# --- With a verb's own change -----------------------------------------------------------------------------------------
def test_a_draft_has_no_health(cast: Cast) -> None:
    operations.change(cast.roof, {"due": NEXT_YEAR}, actor=SYSTEM, now=NOW)
    assert stored(cast.roof) == (None, None)
    assert not NextAssessment.objects.exists()
    assert queries(lambda: assessment.columns(cast.roof, now=NOW)) == 0


def test_activation_gives_every_milestone_a_health_with_an_entry_of_its_own(cast: Cast) -> None:
    cast.activate()
    assert [stored(one) for one in (cast.roof, cast.school, cast.rules)] == [("green", "on_track")] * 3
    assert verbs(cast.roof) == ["milestone.create", "milestone.health"]
    last = ChangeEntry.objects.of(cast.roof).latest("id")
    assert (last.version, last.actor_label, last.via, last.plan_id) == (2, "system", "system", cast.plan.pk)
    assert alike(replayed(cast.roof), present(cast.roof))


def test_activation_needs_as_many_queries_for_many_as_for_few(cast: Cast) -> None:
    other = casting.plan("p-many")
    stream = casting.workstream(other)
    for number in range(40):
        casting.milestone(other, stream, f"M-{number}")
    few = queries(lambda: plans.activate(cast.plan, actor=SYSTEM, now=NOW))
    assert queries(lambda: plans.activate(other, actor=SYSTEM, now=NOW)) <= few + 1  # SQLite says executemany once


def test_a_milestone_of_an_active_plan_is_made_with_its_health(running: Cast) -> None:
    new = casting.milestone(running.plan, running.stream, "NEW", FuzzyDate(NOW.date()))
    assert (new.version, stored(new), verbs(new)) == (1, ("yellow", "due_soon_unreported"), ["milestone.create"])
    assert alike(replayed(new), present(new))
    assert NextAssessment.of(new) == NOW


MOVES: list[tuple[str, Callable[[Milestone], object], str, str]] = [
    (
        "forecast",
        lambda m: operations.forecast(m, NEXT_YEAR, reason="缓建", actor=SYSTEM, now=NOW),
        "red",
        "forecast_late",
    ),
    (
        "reschedule",
        lambda m: operations.reschedule(m, FuzzyDate(NOW.date()), reason="提前", actor=SYSTEM, now=NOW),
        "yellow",
        "due_soon_unreported",
    ),
    ("submit", lambda m: submit(m, "2023"), "green", "awaiting_verification"),
    ("cancel", lambda m: lifecycle.cancel(m, reason="不建", actor=SYSTEM, now=NOW), "None", "None"),
]


def submit(milestone: Milestone, actual: str, now: datetime = NOW) -> None:
    how: Any = {"statement": "已封顶", "evidence": [casting.PHOTO], "actor": SYSTEM, "now": now}
    lifecycle.submit(milestone, actual=FuzzyDate.parse(actual), **how)


@pytest.mark.parametrize(("verb", "act", "health", "code"), MOVES, ids=[row[0] for row in MOVES])
def test_a_verb_that_moves_dates_or_state_writes_the_health_in_its_one_entry(
    running: Cast, verb: str, act: Callable[[Milestone], object], health: str, code: str
) -> None:
    version = running.roof.version
    act(running.roof)
    assert [str(value) for value in stored(running.roof)] == [health, code]
    assert verbs(running.roof)[2:] == [f"milestone.{verb}"]
    assert Milestone.objects.get(pk=running.roof.pk).version == running.roof.version == version + 1
    assert {"health_reason"} <= ChangeEntry.objects.of(running.roof).latest("id").changes.keys()
    assert alike(replayed(running.roof), present(running.roof))


def test_late_then_done_is_made_up_and_never_green(running: Cast) -> None:
    office = acting(running.office)
    submit(running.school, "2023-07-01", now=on("2023-07-03"))
    assert stored(running.school) == ("red", "submitted_late")
    lifecycle.verify(running.school, actor=office, now=on("2023-07-04"))
    assert stored(running.school) == ("made_up", "made_up")
    lifecycle.reopen(running.school, reason="有误", actor=office, now=on("2023-07-05"))
    assert stored(running.school) == ("red", "overdue")


def test_what_does_not_bear_on_health_does_not_write_it(running: Cast) -> None:
    """In a month much has become due; but an edit of the title is an edit of the title, the job does the rest."""
    operations.change(running.roof, {"title": "新"}, actor=SYSTEM, now=on("2023-03-10"))
    assert ChangeEntry.objects.of(running.roof).latest("id").changes.keys() == {"title"}
    assert stored(running.roof) == ("green", "on_track")


# --- After a verb that wrote something else ---------------------------------------------------------------------------
def test_a_report_that_answers_turns_the_milestone_green_in_its_own_transaction(running: Cast) -> None:
    assessing.assess(morning(date(2023, 1, 29)))
    assert stored(running.roof) == ("yellow", "report_late")
    running.refresh()
    seen = running.roof.version
    report(running.roof, "2023-01-30", 8)
    assert stored(running.roof) == ("green", "on_track")
    assert verbs(running.roof)[-1] == "milestone.health"
    assert running.roof.version == seen + 1  # the row in hand goes along, and can be written further
    lifecycle.start(running.roof, actor=SYSTEM, now=on("2023-01-31"))


@pytest.mark.parametrize(
    ("state", "code"), [("draft", "report_late"), ("returned", "report_late"), ("accepted", "on_track")]
)
def test_a_report_counts_when_submitted_or_accepted(running: Cast, state: str, code: str) -> None:
    assessing.assess(morning(date(2023, 1, 29)))
    report(running.roof, "2023-01-30", 8, state)
    assert stored(running.roof)[1] == code


def test_of_several_reports_the_one_of_the_latest_day_counts(running: Cast) -> None:
    report(running.school, "2023-03-20", 50)
    report(running.school, "2023-03-10", 0)
    assert stored(running.school) == ("green", "on_track")


def test_a_report_that_changes_nothing_writes_nothing(running: Cast) -> None:
    version = running.roof.version
    report(running.roof, "2023-01-20", 8)
    assert Milestone.objects.get(pk=running.roof.pk).version == version


def test_a_refresh_is_taken_back_with_the_verb(running: Cast) -> None:
    assessing.assess(morning(date(2023, 1, 29)))
    with transaction.atomic():
        report(running.roof, "2023-01-30", 8)
        transaction.set_rollback(True)
    assert stored(running.roof) == ("yellow", "report_late")


# --- With the days ----------------------------------------------------------------------------------------------------
def test_the_beginning_of_each_day_of_the_plan_is_when_health_is_assessed(running: Cast) -> None:
    assessing.assess(NOW)
    assert NextAssessment.of(running.roof) == morning(date(2023, 1, 13), 0)
    assert assessing.assess(NOW + timedelta(hours=1)) == 0
    beat = Heartbeat.objects.get(name="assess")
    assert (beat.at, len(beat.note)) == (NOW + timedelta(hours=1), 32)


def test_a_night_without_news_writes_nothing(running: Cast) -> None:
    assessing.assess(NOW)
    versions = set(Milestone.objects.values_list("version", flat=True))
    entries = ChangeEntry.objects.count()
    for night in range(1, 10):
        assert assessing.assess(morning(NOW.date() + timedelta(days=night))) == 0
    assert (set(Milestone.objects.values_list("version", flat=True)), ChangeEntry.objects.count()) == (
        versions,
        entries,
    )


@pytest.mark.one_database("days of a year, decided in Python")
def test_a_year_in_the_life_of_a_milestone(running: Cast) -> None:
    """Due within 2023, reported on now and then; each change of colour or reason, and the day it came."""
    happens: dict[str, Callable[[], object]] = {
        "2023-01-30": lambda: report(running.roof, "2023-01-30", 8),
        "2023-02-27": lambda: report(running.roof, "2023-02-27", 10),
        "2023-04-03": lambda: report(running.roof, "2023-04-03", 10),
        "2023-04-20": lambda: report(running.roof, "2023-04-20", 30),
        "2023-05-10": lambda: forecast("2024Q1"),
        "2023-05-26": lambda: report(running.roof, "2023-05-26", 40),
        "2023-06-01": lambda: forecast("2023-10"),
        "2023-06-28": lambda: report(running.roof, "2023-06-28", 50),
        "2023-10-20": lambda: report(running.roof, "2023-10-20", 80),
        "2023-11-06": lambda: forecast("2023"),
        "2023-12-20": lambda: report(running.roof, "2023-12-20", 95),
    }

    def forecast(code: str) -> None:
        roof = Milestone.objects.get(pk=running.roof.pk)
        operations.forecast(roof, FuzzyDate.parse(code), reason="进度", actor=SYSTEM, now=on(str(day)))

    seen: list[tuple[Any, ...]] = []
    day = NOW.date()
    while day <= date(2024, 1, 3):
        assessing.assess(morning(day))
        for act in (int, happens.get(str(day), int)):
            act()
            if not seen or seen[-1][1:] != stored(running.roof):
                seen.append((f"{day}", *stored(running.roof)))
        day += timedelta(days=1)
    assert seen == [
        ("2023-01-12", "green", "on_track"),
        ("2023-01-29", "yellow", "report_late"),  # the make-up Saturday of 28 January passed
        ("2023-01-30", "green", "on_track"),
        ("2023-03-29", "yellow", "report_late"),  # 28 March passed
        ("2023-04-03", "yellow", "behind_pace"),  # 10 % when 25 % of the time had passed
        ("2023-04-20", "green", "on_track"),
        ("2023-05-10", "red", "forecast_late"),
        ("2023-06-01", "green", "on_track"),
        ("2023-07-29", "yellow", "report_late"),  # 28 July passed; June's report was the last
        ("2023-10-20", "green", "on_track"),
        ("2023-11-01", "yellow", "forecast_passed"),  # it was expected in October
        ("2023-11-06", "green", "on_track"),
        ("2023-11-11", "yellow", "report_late"),  # the first weekly report
        ("2023-12-11", "yellow", "due_soon_unreported"),  # 14 working days before Friday 29 December
        ("2023-12-20", "green", "on_track"),
        ("2023-12-30", "yellow", "due_soon_unreported"),  # the last week's report was due on the 29th
        ("2024-01-01", "red", "overdue"),  # the calendar day after, though a holiday
    ]
    assert alike(replayed(running.roof), present(running.roof))


def test_whoever_is_completed_cancelled_or_in_a_closed_plan_is_assessed_no_more(running: Cast) -> None:
    casting.bring(running, running.roof, "completed")
    casting.bring(running, running.school, "cancelled")
    assessing.assess(NOW)
    assert [NextAssessment.of(one) for one in (running.roof, running.school)] == [None, None]
    assert NextAssessment.of(running.rules)
    plans.close(running.plan, actor=SYSTEM, now=on("2023-03-20"))
    assert stored(running.rules) == ("red", "overdue")  # as on the day it was closed
    assert not NextAssessment.objects.exists()


def test_what_is_reopened_is_assessed_again(running: Cast) -> None:
    casting.bring(running, running.roof, "completed")
    assessing.assess(NOW)
    lifecycle.reopen(running.roof, reason="有误", actor=SYSTEM, now=NOW)
    assert NextAssessment.of(running.roof) == NOW


def test_a_predecessor_that_turns_red_turns_its_successor_yellow_in_the_same_night(running: Cast) -> None:
    depend(running.roof, running.rules)  # rules: due on 15 March
    for as_of in ("2023-01-20", "2023-02-20", "2023-03-14"):
        report(running.roof, as_of, 30)
    assessing.assess(morning(date(2023, 3, 15)))
    assert stored(running.roof) == ("green", "on_track")
    assessing.assess(morning(date(2023, 3, 16)))
    assert (stored(running.rules), stored(running.roof)) == (("red", "overdue"), ("yellow", "predecessor_red"))
    running.refresh()
    assert running.roof.health_reason == {"code": "predecessor_red", "params": {"code": "FIN-03"}}


def test_a_predecessor_that_is_red_no_more_lets_its_successor_go_within_a_minute(running: Cast) -> None:
    depend(running.roof, running.rules)
    operations.forecast(running.rules, JUNE, reason="缓", actor=SYSTEM, now=NOW)
    assessing.assess(NOW)
    assert stored(running.roof) == ("yellow", "predecessor_red")
    assert assessing.assess(NOW + timedelta(minutes=1)) == 0
    operations.forecast(running.rules, None, reason="不缓", actor=SYSTEM, now=NOW)
    assessing.assess(NOW + timedelta(minutes=2))
    assert stored(running.roof) == ("green", "on_track")


def test_a_predecessor_that_was_cancelled_or_completed_holds_nobody_up(running: Cast) -> None:
    depend(running.roof, running.rules)
    operations.forecast(running.rules, JUNE, reason="缓", actor=SYSTEM, now=NOW)
    assessing.assess(NOW)
    lifecycle.cancel(running.rules, reason="不建", actor=SYSTEM, now=NOW)
    assessing.assess(NOW + timedelta(minutes=1))
    assert stored(running.roof) == ("green", "on_track")


def test_of_several_red_predecessors_the_first_by_code_is_named(running: Cast) -> None:
    for one in (running.rules, running.school):
        depend(running.roof, one)
        operations.forecast(one, NEXT_YEAR, reason="缓", actor=SYSTEM, now=NOW)
    assessing.assess(NOW)
    running.refresh()
    assert running.roof.health_reason == {"code": "predecessor_red", "params": {"code": "FIN-02"}}
    operations.forecast(running.school, None, reason="不缓", actor=SYSTEM, now=NOW)
    assessing.assess(NOW)
    running.refresh()
    assert running.roof.health_reason == {"code": "predecessor_red", "params": {"code": "FIN-03"}}


def test_a_day_declared_free_is_noticed_by_all(running: Cast) -> None:
    """26 May is when May's report is due; declared free, it was due on the 25th."""
    for one in (running.roof, running.school, running.rules):
        report(one, "2023-04-20", 100)
    night = morning(date(2023, 5, 26))
    assessing.assess(night)
    assert stored(running.roof) == ("green", "on_track")
    day_overrides.declare(date(2023, 5, 26), is_working=False, note="台风", actor=SYSTEM, now=night)
    assessing.assess(night + timedelta(minutes=1))
    assert stored(running.roof) == ("yellow", "report_late")


def test_another_cadence_counts_at_once(running: Cast) -> None:
    night = morning(date(2023, 1, 29))
    assessing.assess(night)
    running.refresh()
    running.plan.report_cadence = "none"
    running.plan.save(update_fields=["report_cadence"])
    assessment.after_plan_edit(running.plan, {"report_cadence"}, night)
    assessing.assess(night)
    assert stored(running.roof) == ("green", "on_track")


def test_a_plan_in_another_time_zone_has_its_own_midnight(running: Cast) -> None:
    far = casting.plan("p-far", time_zone="Pacific/Auckland")
    one = casting.milestone(far, casting.workstream(far), "A-1", FuzzyDate(date(2023, 3, 15)))
    plans.activate(far, actor=SYSTEM, now=NOW)
    evening = datetime.combine(date(2023, 3, 15), time(20), NOW.tzinfo)
    assessing.assess(evening)  # 16 March in Auckland
    assert stored(one) == ("red", "overdue")
    assert stored(running.rules)[0] != "red"


def test_the_job_needs_as_many_queries_for_many_as_for_few(running: Cast) -> None:
    def night(day: date) -> int:
        return queries(lambda: assessing.assess(morning(day)))

    assessing.assess(NOW)
    few = night(date(2023, 1, 29))
    for number in range(40):
        casting.milestone(running.plan, running.stream, f"M-{number}", YEAR_END)
    many = night(date(2023, 3, 30))
    assert Milestone.objects.filter(health="yellow").count() > 40
    assert many <= few


def test_chunks_leave_nobody_out(running: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assessing, "CHUNK", 2)
    for number in range(5):
        casting.milestone(running.plan, running.stream, f"M-{number}", YEAR_END)
    assert assessing.assess(morning(date(2023, 1, 30))) == 8
    assert not NextAssessment.objects.due(morning(date(2023, 1, 30))).exists()
