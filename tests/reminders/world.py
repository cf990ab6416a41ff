"""A plan whose days can be played: what happens in it, and what does the ledger say afterwards?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from milestones.actors import Actor
from milestones.models import (
    Milestone,
    Organisation,
    OutgoingMail,
    Person,
    Plan,
    Reminder,
    ReminderPolicy,
    ReminderStep,
    StepVersion,
    Workstream,
    default_ladder,
)
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import operations, plans
from milestones.reminders import delivery, engine
from milestones.reminders.engine import Report
from milestones.workdays.periods import FuzzyDate, Precision

SYSTEM = Actor.system()
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: date, hour: int = 23, minute: int = 59, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(day, time(hour, minute), zone)


START = at(date(2023, 1, 12), 9, 0)


@dataclass
class World:
    """A plan active since 12 January 2023, an office of one, a bureau with a coordinator, an owner."""

    plan: Plan
    stream: Workstream
    bureau: Organisation
    office: Person
    coordinator: Person
    owner: Person

    def person(self, name: str, *roles: str, **values: Any) -> Person:
        return person(name, *roles, **values)

    def milestone(
        self, code: str = "M-1", due: FuzzyDate | date = date(2023, 6, 30), now: datetime = START, **values: Any
    ) -> Milestone:
        columns = {
            "workstream": self.stream,
            "code": code,
            "title": f"Milestone {code}",
            "kind": "other",
            "due": due if isinstance(due, FuzzyDate) else FuzzyDate(due),
            "lead": self.bureau,
            "accountable": self.owner,
            **values,
        }
        made = operations.create(self.plan, columns, actor=SYSTEM, now=now)
        OutgoingMail.objects.filter(kind="duties").delete()  # the letter of the assignment is not what is played here
        return made

    def sweep(self, day: date, hour: int = 23, minute: int = 59) -> Report:
        return engine.sweep(at(day, hour, minute), keep=True)

    def deliver(self, day: date, hour: int = 23, minute: int = 59) -> delivery.Delivered:
        moment = at(day, hour, minute)
        return delivery.deliver(lambda: moment, as_of=moment)

    def play(self, first: date, last: date) -> None:
        """Sweep and deliver on every day."""
        day = first
        while day <= last:
            self.sweep(day)
            self.deliver(day)
            day += timedelta(days=1)


def ledger(**filters: Any) -> list[tuple[str, str, str]]:
    """(step#occurrence, day, state or reason), oldest first."""
    rows = Reminder.objects.filter(**filters).select_related("step").order_by("day", "step__code", "occurrence")
    return [
        (f"{r.step.code}#{r.occurrence}" if r.occurrence else r.step.code, r.day.isoformat(), r.reason or r.state)
        for r in rows
    ]


def mails(**filters: Any) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(**filters).order_by("created_at", "id"))


def person(name: str, *roles: str, **values: Any) -> Person:
    columns = {"display_name": name, "email": f"{name}@example.org", "language": "en", **values}
    return people.create(columns, roles=roles, actor=SYSTEM, now=START)


def default_policy() -> None:
    """What the migrations leave, for tests whose tables were emptied."""
    default_ladder.install(ReminderPolicy, ReminderStep, StepVersion, START)


def made() -> World:
    default_policy()
    office = person("office", "office")
    coordinator, owner = person("coordinator", "coordinator"), person("owner", "owner")
    bureau = organisations.create(
        {"code": "FTB", "name": "Finance and Trade Bureau", "coordinator": coordinator}, actor=SYSTEM, now=START
    )
    period = {"year": 2023, "starts_on": date(2023, 1, 1), "ends_on": date(2023, 12, 31)}
    plan = plans.create({"code": "p-2023", "title": "Plan 2023", **period}, actor=SYSTEM, now=START)
    stream = plans.create_workstream(plan, {"code": "FIN", "title": "Finance"}, actor=SYSTEM, now=START)
    world = World(plan, stream, bureau, office, coordinator, owner)
    operations.create(plan, {**far_away(), "workstream": stream}, actor=SYSTEM, now=START)
    plans.activate(plan, actor=SYSTEM, now=START)
    return world


def far_away() -> dict[str, Any]:
    """A plan needs a milestone to be activated: one that nobody hears of in the years that are played."""
    return {"code": "M-0", "title": "Far away", "kind": "other", "due": FuzzyDate(date(2040, 12, 31))}


def year_end() -> FuzzyDate:
    return FuzzyDate(date(2023, 12, 31), Precision.YEAR)
