"""A year in which things happen: is every mail that should exist there, once, on a working day, about what is open?"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lingang.addresses import MailTransport
from milestones.actors import Actor
from milestones.models import Milestone, OutgoingMail, Person, Reminder
from milestones.planning import lifecycle, operations
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate
from tests.reminders.world import SYSTEM, World, at
from tests.servers.smtp import SmtpSink

DAYS = [date(2023, 1, 12) + timedelta(days=n) for n in range(354)]
# The default ladder, told again without the application's rules: working days before the deadline, on it, after it.
BEFORE, EVERY = (30, 14, 7, 3, 1), 3


class Year:
    """One random year; `untouched` are milestones to which nothing happens, whose mails can be foretold."""

    def __init__(self, world: World, sink: SmtpSink, seed: int) -> None:
        self.world, self.sink, self.chance = world, sink, random.Random(seed)
        self.people = [world.person(f"person{n}", "owner") for n in range(12)]
        self.untouched = [self.made(f"U-{n:02}") for n in range(20)]
        self.touched = [self.made(f"T-{n:02}") for n in range(40)]
        self.ended: dict[Any, datetime] = {}

    def made(self, code: str) -> Milestone:
        due = self.chance.choice(DAYS[40:])
        return self.world.milestone(code, due, accountable=self.chance.choice(self.people))

    def play(self) -> None:
        down = 0
        for day in DAYS:
            for _event in range(self.chance.randint(0, 2)):
                self.something(at(day, self.chance.randint(9, 17), 0))
            if down == 0 and self.chance.random() < 0.03:
                down = self.chance.randint(1, 4)
                self.sink.down()
            for _again in range(self.chance.choice([1, 1, 1, 2])):
                self.world.sweep(day)
                self.world.deliver(day)
            down = max(0, down - 1)
            if down == 0:
                self.serve()
        self.serve()
        for n in range(1, 5):
            self.world.deliver(DAYS[-1] + timedelta(days=n))

    def serve(self) -> None:
        if self.sink._server is None:
            self.sink.up()

    def something(self, now: datetime) -> None:
        milestone = Milestone.objects.select_related("plan", "accountable").get(pk=self.chance.choice(self.touched).pk)
        if not milestone.is_open:
            return
        self.chance.choice([self.move, self.hand_over, self.finish])(milestone, now)

    def move(self, milestone: Milestone, now: datetime) -> None:
        due = FuzzyDate(milestone.due_on + timedelta(days=self.chance.randint(1, 60)))
        operations.reschedule(milestone, due, reason="x", actor=SYSTEM, now=now)

    def hand_over(self, milestone: Milestone, now: datetime) -> None:
        operations.hand_over([milestone], self.chance.choice(self.people), reason="x", actor=SYSTEM, now=now)

    def finish(self, milestone: Milestone, now: datetime) -> None:
        done = FuzzyDate(now.date())
        lifecycle.submit(milestone, actual=done, statement="x", evidence=[], actor=SYSTEM, now=now)
        lifecycle.verify(milestone, actor=Actor(self.world.office, "web"), now=now)
        self.ended[milestone.pk] = now


@pytest.fixture
def year(world: World, settings: Any, smtp_sink: SmtpSink) -> Callable[[int], Year]:
    settings.MAIL_TRANSPORT = MailTransport("smtp", host=smtp_sink.host, port=smtp_sink.port)

    def played(seed: int) -> Year:
        one = Year(world, smtp_sink, seed)
        one.play()
        return one

    return played


@pytest.mark.parametrize("seed", range(4))
def test_a_year_in_which_things_happen(year: Callable[[int], Year], seed: int) -> None:
    one, calendar = year(seed), Calendar()
    rows = Reminder.objects.values_list("step", "milestone", "recipient", "due_version", "occurrence", "channel")
    assert set(Counter(rows).values()) == {1}
    zone = one.world.plan.zone
    for pk, moment in Reminder.objects.filter(state="sent").values_list("milestone_id", "mail__sent_at"):
        assert moment is not None
        assert calendar.is_workday(moment.astimezone(zone).date())
        assert pk not in one.ended or moment < one.ended[pk]
    identifiers = Counter(str(message["Message-ID"]) for message in one.sink.messages)
    assert set(identifiers.values()) == {1}
    assert len(identifiers) == OutgoingMail.objects.filter(state="sent").count()
    assert not OutgoingMail.objects.filter(state__in=["failed", "sending"]).exists()
    for milestone in one.untouched:
        assert found(milestone) == foretold(milestone.due_on, calendar), milestone


def found(milestone: Milestone) -> list[date]:
    """The days of all its rows, sent or superseded during an outage."""
    owner = Person.objects.get(accountable_for=milestone)
    rows = Reminder.objects.filter(milestone=milestone, recipient=owner)
    assert set(rows.values_list("reason", flat=True)) <= {"", "superseded"}
    return sorted(rows.values_list("day", flat=True))


def foretold(due: date, calendar: Calendar) -> list[date]:
    """Counted day by day, the slow and plain way."""
    deadline = due
    while not calendar.is_workday(deadline):
        deadline -= timedelta(days=1)
    days, back, day = [deadline], 0, deadline
    while back < max(BEFORE):
        day -= timedelta(days=1)
        back += calendar.is_workday(day)
        if calendar.is_workday(day) and back in BEFORE:
            days.append(day)
    over, day = 0, due
    while day < DAYS[-1]:
        day += timedelta(days=1)
        over += calendar.is_workday(day)
        if calendar.is_workday(day) and over % EVERY == 0:
            days.append(day)
    return sorted(day for day in days if DAYS[0] <= day <= DAYS[-1])
