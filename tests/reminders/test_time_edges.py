"""What happens at midnight, at the year's end, on 29 February, around make-up days and festivals, and across DST?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from milestones.models import Milestone, OutgoingMail, Reminder
from milestones.people import operations as people
from milestones.planning import day_overrides, operations, plans
from milestones.planning.calendars import calendar
from milestones.reminders import delivery, engine
from milestones.workdays.periods import FuzzyDate, Precision
from tests.reminders.world import SYSTEM, World, at, far_away, mails

pytestmark = pytest.mark.django_db


def days(milestone: Milestone, world: World) -> dict[str, str]:
    """step#occurrence → day, of the owner's rows."""
    rows = Reminder.objects.filter(milestone=milestone, recipient=world.owner).select_related("step")
    return {f"{r.step.code}#{r.occurrence}" if r.occurrence else r.step.code: r.day.isoformat() for r in rows}


def _at(moment: datetime) -> datetime:
    return moment


def test_the_plans_day_begins_at_midnight_in_shanghai_not_in_london(world: World) -> None:
    milestone = world.milestone(due=date(2023, 6, 28))  # three working days before: Sunday the 25th, a make-up day
    engine.sweep(datetime(2023, 6, 24, 15, 59, 59, tzinfo=UTC))
    assert "before-3" not in days(milestone, world)
    engine.sweep(datetime(2023, 6, 24, 16, 0, 0, tzinfo=UTC))
    assert days(milestone, world)["before-3"] == "2023-06-25"


def test_what_is_promised_for_the_year_is_due_on_its_last_working_day_and_overdue_in_the_next(world: World) -> None:
    milestone = world.milestone(due=FuzzyDate(date(2023, 12, 31), Precision.YEAR))
    world.play(date(2023, 12, 25), date(2024, 1, 10))
    found = days(milestone, world)
    assert found["due"] == "2023-12-29"
    assert found["overdue-3#1"] == "2024-01-04"  # the 2nd, the 3rd, the 4th: the 1st is free
    assert found["overdue-5"] == "2024-01-08"


def test_the_29th_of_february_is_a_day_and_an_end_of_month(world: World) -> None:
    exact = world.milestone("M-1", date(2024, 2, 29), now=at(date(2024, 1, 2)))
    fuzzy = world.milestone("M-2", FuzzyDate(date(2024, 2, 29), Precision.MONTH), now=at(date(2024, 1, 2)))
    world.play(date(2024, 2, 26), date(2024, 3, 6))
    for milestone in (exact, fuzzy):
        found = days(milestone, world)
        assert (found["before-1"], found["due"], found["overdue-3#1"]) == ("2024-02-28", "2024-02-29", "2024-03-05")


def test_mail_leaves_on_a_make_up_saturday_and_sunday(world: World) -> None:
    """28 and 29 January 2023 are worked for the Spring Festival."""
    milestone = world.milestone(due=date(2023, 1, 29))
    world.play(date(2023, 1, 27), date(2023, 1, 29))
    found = days(milestone, world)
    assert (found["before-1"], found["due"]) == ("2023-01-28", "2023-01-29")
    assert [mail.day for mail in mails(kind="digest", recipient=world.owner)] == [date(2023, 1, 28), date(2023, 1, 29)]


def test_a_deadline_within_the_spring_festival_is_reminded_of_before_it(world: World) -> None:
    """21 to 27 January 2023 are free: the last working day is Friday the 20th."""
    milestone = world.milestone(due=date(2023, 1, 27))
    world.play(date(2023, 1, 12), date(2023, 1, 31))
    found = days(milestone, world)
    assert (found["before-3"], found["before-1"], found["due"]) == ("2023-01-17", "2023-01-19", "2023-01-20")
    assert found["overdue-3#1"] == "2023-01-30"
    sent = {mail.sent_at.astimezone(world.plan.zone).date() for mail in mails(state="sent") if mail.sent_at}
    assert not sent & {date(2023, 1, day) for day in range(21, 28)}


def test_the_hour_stays_the_readers_hour_across_a_change_of_clocks(world: World) -> None:
    """8:00 in New York is 13:00 UTC on Friday, 10 March 2023, and 12:00 UTC on Monday: Sunday had 23 hours."""
    zone = ZoneInfo("America/New_York")
    period = {"year": 2023, "starts_on": date(2023, 1, 1), "ends_on": date(2023, 12, 31)}
    start = datetime(2023, 1, 12, 9, tzinfo=zone)
    plan = plans.create({"code": "ny", "title": "NY", "time_zone": zone.key, **period}, actor=SYSTEM, now=start)
    stream = plans.create_workstream(plan, {"code": "A", "title": "A"}, actor=SYSTEM, now=start)
    operations.create(plan, {**far_away(), "workstream": stream}, actor=SYSTEM, now=start)
    plans.activate(plan, actor=SYSTEM, now=start)
    people.set_preferences(world.owner, {"time_zone": zone.key}, actor=SYSTEM, now=start)
    values = {"workstream": stream, "code": "N-1", "title": "N", "kind": "other", "due": FuzzyDate(date(2023, 3, 13))}
    made = operations.create(plan, {**values, "accountable": world.owner}, actor=SYSTEM, now=start)
    OutgoingMail.objects.all().delete()
    moment, left = datetime(2023, 3, 10, 5, tzinfo=UTC), []
    while moment < datetime(2023, 3, 14, 5, tzinfo=UTC):
        engine.sweep(moment)
        delivery.deliver(partial(_at, moment))
        moment += timedelta(minutes=30)
    for mail in mails(kind="digest", recipient=world.owner):
        assert mail.sent_at is not None
        left.append(mail.sent_at.astimezone(UTC).strftime("%d %H:%M"))
    assert left == ["10 13:00", "13 12:00"]
    assert days(made, world)["due"] == "2023-03-13"


def test_a_year_that_becomes_known_moves_what_is_planned_and_sends_nothing_again(world: World) -> None:
    """Of 2027 only the statutory days are known; then 4 to 7 October are given free and Saturday the 9th is worked."""
    assert calendar().is_provisional(2027)
    milestone = world.milestone(due=date(2027, 10, 12), now=at(date(2027, 9, 1)))
    world.play(date(2027, 9, 20), date(2027, 9, 28))
    before, count = days(milestone, world), len(mails(state="sent"))
    for day in (4, 5, 6, 7):
        day_overrides.declare(
            date(2027, 10, day), is_working=False, note="x", actor=SYSTEM, now=at(date(2027, 9, 28), 20, 0)
        )
    day_overrides.declare(date(2027, 10, 9), is_working=True, note="x", actor=SYSTEM, now=at(date(2027, 9, 28), 20, 0))
    world.sweep(date(2027, 9, 28))
    world.deliver(date(2027, 9, 28))
    assert days(milestone, world).items() >= before.items()
    assert len(mails(state="sent")) >= count
    world.play(date(2027, 9, 29), date(2027, 10, 12))
    found = days(milestone, world)
    assert (found["before-3"], found["before-1"], found["due"]) == ("2027-10-08", "2027-10-11", "2027-10-12")
    sent = Reminder.objects.filter(milestone=milestone, recipient=world.owner, state="sent").values_list("step__code")
    assert len(sent) == len(set(sent))
