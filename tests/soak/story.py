"""A random stretch of days, played by the application and by the model at once."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from milestones.actors import Actor
from milestones.errors import RuleBroken
from milestones.models import Milestone, Notice, Organisation, OutgoingMail, Person, Reminder
from milestones.notices import operations as notices
from milestones.people import delegations, organisations
from milestones.people import operations as people
from milestones.planning import lifecycle, operations
from milestones.reminders import delivery, engine
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate, Precision
from tests.reminders.world import START, SYSTEM, World, at
from tests.servers.smtp import SmtpSink
from tests.soak.model import DAY, Absence, Model
from tests.two_at_once import together

LEFT = ("sent", "acknowledged")  # what an answer to a notice says of the letters that carried it
TICKS = ((0, 5), (8, 5), (12, 5), (18, 5))
PRECISIONS = {"year": Precision.YEAR, "quarter": Precision.QUARTER}


class Killed(BaseException):
    """The worker is gone: nothing after this moment was done."""


@dataclass
class Size:
    """`events` is how many things happen on a day, on average; the chances are for each moment of a day."""

    first: date
    last: date
    milestones: int
    people: int
    events: float
    outage: float = 0.03
    kill: float = 0.05
    skip: float = 0.03
    beats: int = 1


@dataclass
class Story:
    world: World
    sink: SmtpSink
    size: Size
    seed: int
    kills: int = 0
    outages: int = 0
    ended: dict[Any, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        calendar = Calendar()
        bureau = Organisation.objects.get(pk=self.world.bureau.pk)
        values: dict[str, Any] = {"organisation": bureau}
        self.people = [self.world.person(f"p{n:03}", "owner", **values) for n in range(self.size.people)]
        head = self.world.person("head", "owner", **values)
        leader = self.world.person("leader", "leader", **values)
        people.edit(self.world.coordinator, values, actor=SYSTEM, now=START)
        organisations.edit(bureau, {"head": head, "supervising_leader": leader}, actor=SYSTEM, now=START)
        self.model = Model(calendar.is_workday, self.size.first, "coordinator", "head", "leader")
        self.milestones = [self.made(n) for n in range(self.size.milestones)]
        OutgoingMail.objects.all().delete()

    def made(self, number: int) -> Any:
        span = (self.size.last - self.size.first).days
        kind = self.chance.choice(["day", "day", "day", "quarter", "year"])
        on = self.size.first + self.chance.randint(-10, span + 20) * DAY
        due = FuzzyDate(on)
        if kind == "quarter":
            month = (on.month + 2) // 3 * 3
            due = FuzzyDate(date(on.year, month, 30 if month in (6, 9) else 31), Precision.QUARTER)
        elif kind == "year":
            due = FuzzyDate(date(on.year, 12, 31), Precision.YEAR)
        owner = (
            self.chance.choice([*self.people, None]) if self.chance.random() < 0.2 else self.chance.choice(self.people)
        )
        code = f"M-{number:03}X"
        begun = at(self.size.first, 0, 0)
        made = self.world.milestone(code, due, now=begun, accountable=owner)
        self.model.made(code, due.on, kind, name(owner), self.size.first)
        return made.pk

    # --- playing ------------------------------------------------------------------------------------------------------
    def play(self) -> None:
        day, down_for = self.size.first, 0
        while day <= self.size.last:
            for hour, minute in TICKS:
                if down_for == 0 and self.chance.random() < self.size.outage:
                    down_for = self.chance.randint(1, 6)
                    self.outages += 1
                    self.sink.down()
                self.tick(at(day, hour, minute), server_up=down_for == 0)
                down_for = max(0, down_for - 1)
                if down_for == 0:
                    self.serve()
                self.events(at(day, hour, minute) + timedelta(hours=2))
            day += DAY
        for extra in range(1, 11):  # what waits leaves, and nothing more is planned
            self.serve()
            self.deliver(at(self.size.last + extra * DAY, 8, 5), server_up=True)

    def tick(self, now: datetime, *, server_up: bool) -> None:
        if self.chance.random() < self.size.skip:
            return  # neither beat nor workers are there
        together(*[partial(engine.sweep, now)] * self.size.beats) if self.size.beats > 1 else engine.sweep(now)
        self.deliver(now, server_up=server_up, tick=True)

    def deliver(self, now: datetime, *, server_up: bool, tick: bool = False) -> None:
        """A worker that may be killed at any step, and ten minutes later, when its lease is over, one that is not."""
        if self.chance.random() < self.size.kill:
            self.kills += 1
            with suppress(Killed):
                delivery.deliver(dying(now, self.chance.randint(1, 12)))
        later = now + timedelta(minutes=10)
        delivery.deliver(lambda: later)
        if tick:
            self.model.tick(now, server_up=server_up)
        else:
            self.model.deliver(now)

    def serve(self) -> None:
        if self.sink._server is None:
            self.sink.up()

    # --- what happens -------------------------------------------------------------------------------------------------
    def events(self, now: datetime) -> None:
        for _event in range(2):
            if self.chance.random() < self.size.events / 2 / len(TICKS):
                self.chance.choice(
                    [self.move, self.hand_over, self.finish, self.expect, self.reply, self.leave, self.mute]
                )(now)

    def some(self) -> Milestone:
        pk = self.chance.choice(self.milestones)
        return Milestone.objects.select_related("plan", "accountable", "lead", "workstream").get(pk=pk)

    def move(self, now: datetime) -> None:
        milestone = self.some()
        due = milestone.due_on + self.chance.randint(1, 60) * DAY
        if milestone.is_open:
            operations.reschedule(milestone, FuzzyDate(due), reason="x", actor=SYSTEM, now=now)
            self.model.moved(milestone.code, due, now.date())

    def hand_over(self, now: datetime) -> None:
        milestone, owner = self.some(), self.chance.choice(self.people)
        if milestone.is_open and milestone.accountable != owner:
            operations.hand_over([milestone], owner, reason="x", actor=SYSTEM, now=now)
            self.model.handed_over(milestone.code, str(name(owner)), now.date())

    def finish(self, now: datetime) -> None:
        milestone = self.some()
        if milestone.is_open:
            done = FuzzyDate(now.date())
            lifecycle.submit(milestone, actual=done, statement="x", evidence=[], actor=SYSTEM, now=now)
            lifecycle.verify(milestone, actor=Actor(self.world.office, "web"), now=now)
            self.model.ended(milestone.code)
            self.ended[milestone.pk] = now

    def expect(self, now: datetime) -> None:
        milestone = self.some()
        if milestone.is_open:
            on = now.date() + self.chance.randint(-3, 60) * DAY
            operations.forecast(milestone, FuzzyDate(on), reason="x", actor=SYSTEM, now=now)
            self.model.expected(milestone.code, on, precise=True)

    def reply(self, now: datetime) -> None:
        notice = Notice.objects.open().select_related("milestone__plan", "organisation").order_by("number").first()
        if notice is not None and notice.milestone.plan.is_active:
            notices.reply(notice, "x", actor=SYSTEM, now=now)
            self.model.answered(notice.milestone.code, notice.level)

    def leave(self, now: datetime) -> None:
        away, deputy = self.chance.sample(self.people, 2)
        first = now.date() + self.chance.randint(0, 5) * DAY
        last = first + self.chance.randint(0, 14) * DAY
        with suppress(RuleBroken):  # somebody stands in already, or they would stand in for each other
            delegations.create(away, deputy, starts_on=first, ends_on=last, actor=SYSTEM, now=now)
            self.model.absences.append(Absence(str(name(away)), str(name(deputy)), first, last, now.date()))

    def mute(self, now: datetime) -> None:
        person = Person.objects.get(pk=self.chance.choice(self.people).pk)
        if not person.digest_muted and self.chance.random() < 0.3:
            people.mute_digest(person, actor=Actor(person, "web"), now=now)
            self.model.muted.add(str(name(person)))


def name(person: Person | None) -> str | None:
    return person.display_name if person is not None else None


def dying(now: datetime, steps: int) -> Callable[[], datetime]:
    """A clock at `now` at whose `steps`-th look the process dies."""
    left = iter(range(steps))

    def clock() -> datetime:
        if next(left, None) is None:
            raise Killed
        return now

    return clock


def kept() -> dict[tuple[Any, ...], date]:
    """What the application says it sent: (person, milestone, deadline version, step, occurrence) → day."""
    rows = Reminder.objects.filter(state__in=LEFT, channel="mail").select_related(
        "recipient", "milestone__plan", "step", "mail"
    )
    found = {}
    for row in rows:
        assert row.mail is not None
        assert row.mail.sent_at is not None
        key = (row.recipient.display_name, row.milestone.code, row.due_version, row.step.code, row.occurrence)
        found[key] = row.mail.sent_at.astimezone(row.milestone.plan.zone).date()
    return found
