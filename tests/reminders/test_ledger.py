"""Which rows does the ledger get, whatever happens between two sweeps?"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from milestones.actors import Actor
from milestones.models import Milestone, NextLook, Person, Reminder
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import day_overrides, lifecycle, operations, plans
from milestones.reminders import engine
from milestones.reminders.rules import Deadline, Step, next_day
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate, Precision
from tests.reminders.world import SYSTEM, World, at, ledger, mails, year_end

JUNE_LADDER = [
    ("before-30", "2023-05-18", "sent"),
    ("before-14", "2023-06-09", "sent"),
    ("before-7", "2023-06-20", "sent"),
    ("before-3", "2023-06-27", "sent"),
    ("before-1", "2023-06-29", "sent"),
    ("due", "2023-06-30", "sent"),
    ("overdue-3#1", "2023-07-05", "sent"),
    ("overdue-5", "2023-07-07", "sent"),
    ("overdue-3#2", "2023-07-10", "sent"),
]


def test_every_step_is_sent_once_on_its_day(world: World) -> None:
    milestone = world.milestone()
    world.play(date(2023, 5, 1), date(2023, 7, 10))
    assert ledger(milestone=milestone, recipient=world.owner) == JUNE_LADDER
    assert ledger(milestone=milestone, recipient=world.coordinator) == [("overdue-5", "2023-07-07", "sent")]


def test_days_that_are_swept_twice_add_nothing(world: World) -> None:
    milestone = world.milestone()
    for day in (date(2023, 5, 18), date(2023, 6, 9)):
        for _again in range(3):
            world.sweep(day)
            world.deliver(day)
            NextLook.objects.update(at=at(day))
    assert ledger(milestone=milestone) == JUNE_LADDER[:2]
    assert len(mails(kind="digest")) == 2


def test_of_steps_missed_together_only_the_latest_is_sent(world: World) -> None:
    milestone = world.milestone()
    world.sweep(date(2023, 6, 21))
    world.deliver(date(2023, 6, 21))
    assert ledger(milestone=milestone) == [
        ("before-30", "2023-05-18", "superseded"),
        ("before-14", "2023-06-09", "superseded"),
        ("before-7", "2023-06-20", "sent"),
    ]


def test_what_could_not_leave_before_the_next_step_came_is_superseded(world: World) -> None:
    milestone = world.milestone()
    world.sweep(date(2023, 6, 27), 7)  # before the owner's hour: planned, not yet in a mail
    world.sweep(date(2023, 6, 29), 7)
    assert ledger(milestone=milestone)[-2:] == [
        ("before-3", "2023-06-27", "superseded"),
        ("before-1", "2023-06-29", "planned"),
    ]


def test_a_mail_that_waited_for_its_server_leaves_out_what_a_later_step_superseded(world: World) -> None:
    """The old digest was claimed but never left; when both leave, each item goes out once."""
    milestone = world.milestone()
    world.sweep(date(2023, 6, 27))
    world.sweep(date(2023, 6, 29))
    done = world.deliver(date(2023, 6, 29))
    assert (done.sent, done.suppressed) == (1, 1)
    assert ledger(milestone=milestone)[-2:] == [
        ("before-3", "2023-06-27", "superseded"),
        ("before-1", "2023-06-29", "sent"),
    ]


def test_a_new_milestone_gets_no_old_steps_but_the_one_of_its_own_day(world: World) -> None:
    milestone = world.milestone(now=at(date(2023, 6, 20), 10, 0))
    world.sweep(date(2023, 6, 20))
    assert ledger(milestone=milestone) == [("before-7", "2023-06-20", "claimed")]


def test_an_overdue_milestone_made_today_begins_with_the_next_step(world: World) -> None:
    milestone = world.milestone(now=at(date(2023, 7, 6), 10, 0))
    world.sweep(date(2023, 7, 6))
    assert ledger(milestone=milestone) == []
    world.sweep(date(2023, 7, 10))
    assert ledger(milestone=milestone, recipient=world.owner) == [
        ("overdue-5", "2023-07-07", "claimed"),  # a notice that was missed is issued all the same
        ("overdue-3#2", "2023-07-10", "claimed"),
    ]


def test_a_moved_deadline_starts_a_new_ladder(world: World) -> None:
    milestone = world.milestone()
    world.play(date(2023, 6, 20), date(2023, 6, 21))
    later = FuzzyDate(date(2023, 7, 31))
    operations.reschedule(milestone, later, reason="steel is late", actor=SYSTEM, now=at(date(2023, 6, 26), 10, 0))
    world.play(date(2023, 6, 26), date(2023, 7, 20))
    assert ledger(milestone=milestone)[-2:] == [("before-14", "2023-07-11", "sent"), ("before-7", "2023-07-20", "sent")]


def test_planned_rows_of_the_old_deadline_are_suppressed(world: World) -> None:
    milestone = world.milestone()
    world.sweep(date(2023, 6, 27), 7)
    later = FuzzyDate(date(2023, 12, 29))
    operations.reschedule(milestone, later, reason="late", actor=SYSTEM, now=at(date(2023, 6, 27), 7, 30))
    world.sweep(date(2023, 6, 27))
    assert ("before-3", "2023-06-27", "date_moved") in ledger(milestone=milestone)
    assert mails(kind="digest") == []


def test_back_to_the_first_date_is_a_third_version(world: World) -> None:
    milestone = world.milestone(due=date(2023, 6, 30))
    world.sweep(date(2023, 6, 27))
    for due in (date(2023, 7, 31), date(2023, 6, 30)):
        operations.reschedule(milestone, FuzzyDate(due), reason="x", actor=SYSTEM, now=at(date(2023, 6, 27), 12, 0))
    world.sweep(date(2023, 6, 29))
    rows = Reminder.objects.filter(milestone=milestone).order_by("day", "due_version")
    assert [(r.step.code, r.due_version) for r in rows if not r.reason] == [
        ("before-3", 1),
        ("before-1", 3),
    ]


def test_a_change_of_title_does_not_touch_the_ladder(world: World) -> None:
    milestone = world.milestone()
    world.play(date(2023, 6, 20), date(2023, 6, 20))
    operations.change(milestone, {"title": "Other words"}, actor=SYSTEM, now=at(date(2023, 6, 20), 12, 0))
    world.play(date(2023, 6, 21), date(2023, 6, 26))
    assert [row for row in ledger(milestone=milestone) if row[2] == "sent"] == [("before-7", "2023-06-20", "sent")]


def test_a_hand_over_suppresses_the_old_ones_rows_and_starts_with_today(world: World) -> None:
    milestone = world.milestone()
    successor = world.person("successor", "owner")
    world.sweep(date(2023, 6, 27), 7)
    operations.hand_over([milestone], successor, reason="leaves", actor=SYSTEM, now=at(date(2023, 6, 27), 7, 30))
    world.sweep(date(2023, 6, 27))
    assert ledger(recipient=world.owner, milestone=milestone)[-1] == ("before-3", "2023-06-27", "handed_over")
    assert ledger(recipient=successor) == [("before-3", "2023-06-27", "claimed")]


def test_a_handed_over_item_is_taken_out_of_a_mail_that_has_not_left(world: World) -> None:
    staying, going = world.milestone("M-1"), world.milestone("M-2")
    world.sweep(date(2023, 6, 27))
    [mail] = mails(kind="digest")
    assert "M-2" in mail.text
    operations.hand_over(
        [going], world.person("successor"), reason="leaves", actor=SYSTEM, now=at(date(2023, 6, 28), 9)
    )
    world.deliver(date(2023, 6, 28))
    mail.refresh_from_db()
    assert mail.state == "sent"
    assert "M-1" in mail.text
    assert "M-2" not in mail.text
    assert ledger(milestone=going, recipient=world.owner)[-1][2] == "handed_over"
    assert ledger(milestone=staying)[-1][2] == "sent"


@pytest.mark.parametrize(
    ("verb", "reason"), [("complete", "completed"), ("submit", "submitted"), ("cancel", "cancelled")]
)
def test_nothing_is_sent_about_what_is_over(world: World, verb: str, reason: str) -> None:
    milestone = world.milestone()
    world.sweep(date(2023, 6, 27))
    now = at(date(2023, 6, 28), 10, 0)
    if verb == "cancel":
        lifecycle.cancel(milestone, reason="dropped", actor=SYSTEM, now=now)
    else:
        done = FuzzyDate(date(2023, 6, 28))
        lifecycle.submit(milestone, actual=done, statement="done", evidence=[], actor=SYSTEM, now=now)
    if verb == "complete":
        lifecycle.verify(milestone, actor=Actor(world.office, "web"), now=now)
    world.play(date(2023, 6, 28), date(2023, 7, 31))
    assert ledger(milestone=milestone)[-1] == ("before-3", "2023-06-27", reason)
    assert mails(kind="digest", state="sent") == []


def test_a_returned_milestone_is_reminded_again(world: World) -> None:
    milestone = world.milestone()
    now = at(date(2023, 6, 26), 10, 0)
    lifecycle.submit(
        milestone, actual=FuzzyDate(date(2023, 6, 26)), statement="done", evidence=[], actor=SYSTEM, now=now
    )
    world.play(date(2023, 6, 26), date(2023, 6, 28))
    lifecycle.return_(milestone, reason="no photo", actor=SYSTEM, now=at(date(2023, 6, 28), 12, 0))
    world.play(date(2023, 6, 29), date(2023, 6, 30))
    assert [row[0] for row in ledger(milestone=milestone) if row[2] == "sent"] == ["before-1", "due"]


def test_a_closed_plan_is_silent(world: World) -> None:
    milestone = world.milestone()
    world.sweep(date(2023, 6, 27), 7)
    world.plan.refresh_from_db()
    plans.close(world.plan, actor=SYSTEM, now=at(date(2023, 6, 27), 7, 30))
    world.play(date(2023, 6, 27), date(2023, 7, 31))
    assert ledger(milestone=milestone)[-1] == ("before-3", "2023-06-27", "plan_closed")
    assert mails(kind="digest") == []


def test_unassigned_milestones_remind_the_coordinator_else_the_office(world: World) -> None:
    led, orphan = world.milestone("M-1", accountable=None), world.milestone("M-2", accountable=None, lead=None)
    world.sweep(date(2023, 6, 27))
    assert {r.recipient for r in Reminder.objects.filter(milestone=led)} == {world.coordinator}
    assert {r.recipient for r in Reminder.objects.filter(milestone=orphan)} == {world.office}


def test_a_new_coordinator_gets_no_steps_of_the_past(world: World) -> None:
    led = world.milestone(accountable=None)
    world.sweep(date(2023, 6, 20))
    newcomer = world.person("newcomer")
    organisations.edit(world.bureau, {"coordinator": newcomer}, actor=SYSTEM, now=at(date(2023, 6, 26), 9))
    world.sweep(date(2023, 6, 27))
    assert [row[0] for row in ledger(milestone=led, recipient=newcomer)] == ["before-3"]


def test_when_the_coordinator_leaves_the_office_begins_with_the_next_step(world: World) -> None:
    led = world.milestone(accountable=None)
    world.sweep(date(2023, 6, 20))
    world.deliver(date(2023, 6, 20))
    organisations.edit(world.bureau, {"coordinator": None}, actor=SYSTEM, now=at(date(2023, 6, 26), 9))
    people.deactivate(world.coordinator, actor=SYSTEM, now=at(date(2023, 6, 26), 9))
    world.play(date(2023, 6, 26), date(2023, 6, 27))
    assert ledger(milestone=led, recipient=world.office) == [("before-3", "2023-06-27", "sent")]


def test_who_left_gets_nothing_and_the_coordinator_does(world: World) -> None:
    milestone = world.milestone()
    Person.objects.filter(pk=world.owner.pk).update(is_active=False)  # however it came about
    world.sweep(date(2023, 6, 27))
    assert ledger(milestone=milestone, recipient=world.owner)[-1] == ("before-3", "2023-06-27", "person_inactive")
    assert ledger(milestone=milestone, recipient=world.coordinator)[-1] == ("before-3", "2023-06-27", "claimed")


def test_a_muted_digest_keeps_what_comes_before_the_deadline_and_nothing_else(world: World) -> None:
    milestone = world.milestone()
    people.mute_digest(world.owner, actor=SYSTEM, now=at(date(2023, 6, 1), 9))
    world.play(date(2023, 6, 27), date(2023, 7, 5))
    assert ledger(milestone=milestone)[-4:] == [
        ("before-3", "2023-06-27", "muted"),
        ("before-1", "2023-06-29", "muted"),
        ("due", "2023-06-30", "sent"),
        ("overdue-3#1", "2023-07-05", "sent"),
    ]


def test_a_forecast_of_the_month_ends_the_pace_checks(world: World) -> None:
    milestone = world.milestone(due=year_end())
    world.sweep(date(2023, 3, 24), 7)
    november = FuzzyDate(date(2023, 11, 30), Precision.MONTH)
    operations.forecast(milestone, november, reason="said", actor=SYSTEM, now=at(date(2023, 3, 24), 7, 30))
    world.play(date(2023, 3, 24), date(2023, 7, 1))
    assert ledger(milestone=milestone) == [("pace-check#1", "2023-03-24", "forecast_given")]


def test_a_new_calendar_moves_what_is_still_planned_and_sends_nothing_again(world: World) -> None:
    milestone = world.milestone(due=date(2023, 6, 30))
    world.sweep(date(2023, 6, 27), 7)
    day_overrides.declare(
        date(2023, 6, 29), is_working=False, note="typhoon", actor=SYSTEM, now=at(date(2023, 6, 27), 7)
    )
    world.sweep(date(2023, 6, 27), 7, 30)
    assert ledger(milestone=milestone)[-1] == ("before-3", "2023-06-26", "planned")
    world.play(date(2023, 6, 27), date(2023, 6, 30))
    assert ledger(milestone=milestone)[-3:] == [
        ("before-3", "2023-06-26", "sent"),
        ("before-1", "2023-06-28", "sent"),
        ("due", "2023-06-30", "sent"),
    ]


def test_a_sweep_touches_only_what_is_due(world: World) -> None:
    for number in range(20):
        world.milestone(f"N-{number}", date(2023, 11, 30))
    world.sweep(date(2023, 2, 1))
    milestone = world.milestone()
    assert world.sweep(date(2023, 2, 1)).looked == 1
    assert world.sweep(date(2023, 2, 1)).looked == 0
    assert NextLook.of(milestone) == at(date(2023, 5, 18), 0, 0)


def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    world.milestone()
    moment = at(date(2023, 6, 27))
    dry = engine.sweep(moment, dry_run=True, keep=True)
    assert Reminder.objects.count() == len(mails()) == 0
    wet = engine.sweep(moment, keep=True)
    assert (dry.planned, dry.queued, dry.suppressed) == (wet.planned, wet.queued, wet.suppressed)


@pytest.mark.parametrize("seed", range(3))
def test_a_year_with_days_skipped_and_days_run_twice(world: World, seed: int) -> None:
    """Exactly one row for each step, milestone, recipient, deadline version and occurrence; none on a day off."""
    chance = random.Random(seed)
    for number in range(6):
        world.milestone(f"Y-{number}", FuzzyDate(date(2023, 6 + number, 1) + timedelta(days=chance.randint(0, 25))))
    day = date(2023, 1, 12)
    while day <= date(2023, 12, 31):
        for _again in range(chance.choice([0, 1, 1, 2])):
            world.sweep(day)
            world.deliver(day)
        day += timedelta(days=1)
    world.play(date(2024, 1, 2), date(2024, 1, 2))  # what was caught up on a day off leaves on the next working day
    keys = Counter(
        Reminder.objects.values_list("step", "milestone", "recipient", "due_version", "occurrence", "channel")
    )
    assert set(keys.values()) == {1}
    assert not Reminder.objects.exclude(state__in=["sent", "suppressed"]).exists()
    assert all(Calendar().is_workday(mail.sent_at.astimezone(world.owner.zone).date()) for mail in mails())  # type: ignore[union-attr]


def test_what_cannot_be_looked_at_steps_aside_and_the_others_go_on(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Rows that no verb would write, as a restore or a hand at the database may leave them."""
    good, bad = world.milestone("M-1"), world.milestone("M-2")
    Milestone.objects.filter(pk=bad.pk).update(due_on=date(9999, 12, 31))
    world.sweep(date(2023, 6, 27))
    assert ledger(milestone=good)[-1] == ("before-3", "2023-06-27", "claimed")
    assert NextLook.of(bad) == at(date(2023, 6, 27)) + timedelta(hours=1)
    assert "milestone_steps_aside" in caplog.text


def test_a_capped_repeat_in_calendar_days_is_not_lost_over_a_holiday() -> None:
    """Every 3 days after 26 September 2024, at most twice: the second falls on 8 October, when the holiday is over."""
    step = Step("v", "s", "s", "after_due", 3, False, True, date(2000, 1, 1), None, most=2)
    due = Deadline(date(2024, 9, 26), "day", None, date(2024, 1, 1))
    for after in (date(2024, 10, 3), date(2024, 10, 5), date(2024, 10, 7)):
        assert next_day(due, (step,), Calendar(), after) == date(2024, 10, 8)


def test_a_muted_step_does_not_stand_for_one_that_is_wanted(world: World) -> None:
    people.mute_step(world.owner, "before-1", actor=SYSTEM, now=at(date(2023, 6, 1)))
    milestone = world.milestone()
    world.sweep(date(2023, 6, 29), 7)
    assert ledger(milestone=milestone)[-2:] == [
        ("before-3", "2023-06-27", "planned"),
        ("before-1", "2023-06-29", "muted"),
    ]
