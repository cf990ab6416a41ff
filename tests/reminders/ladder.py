"""A bureau with everybody whom a notice may reach, and days on which its ladder is climbed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from milestones.actors import Actor
from milestones.models import Milestone, Notice, OutgoingMail, Person, Reminder
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning.calendars import calendar
from milestones.reminders import engine, escalation
from tests.reminders import world as worlds
from tests.reminders.world import START, SYSTEM, World, at

# Of a milestone due on Friday 30 June 2023: 22 to 24 June are the Dragon Boat holiday, Sunday the 25th is worked.
DUE = date(2023, 6, 30)
BLUE, YELLOW, RED = date(2023, 6, 20), date(2023, 7, 7), date(2023, 7, 21)


@dataclass
class Unit:
    """`owner`, `coordinator` and `head` belong to the bureau that leads, `leader` supervises it."""

    world: World
    owner: Person
    coordinator: Person
    head: Person
    leader: Person
    office: Person

    def milestone(self, code: str = "M-1", due: Any = DUE, **values: Any) -> Milestone:
        return self.world.milestone(code, due, **values)

    def sweep(self, day: date, hour: int = 9, minute: int = 0) -> None:
        sweep(day, hour, minute)

    def play(self, first: date, last: date) -> None:
        """Sweep and deliver at nine on every day."""
        day = first
        while day <= last:
            self.sweep(day)
            self.world.deliver(day, 9)
            day += timedelta(days=1)


def sweep(day: date, hour: int = 9, minute: int = 0) -> None:
    moment = at(day, hour, minute)
    engine.sweep(moment)
    escalation.issue_notices(moment, calendar())


def made() -> Unit:
    world = worlds.made()
    joins: Any = {"organisation": world.bureau}
    for one in (world.owner, world.coordinator):
        people.edit(one, joins, roles=sorted(one.roles), actor=SYSTEM, now=START)
    head = world.person("head", "viewer", **joins)
    leader = world.person("leader", "leader")
    organisations.edit(world.bureau, {"head": head, "supervising_leader": leader}, actor=SYSTEM, now=START)
    OutgoingMail.objects.all().delete()
    return Unit(world, world.owner, world.coordinator, head, leader, world.office)


def acting(person: Person) -> Actor:
    return Actor(person, "web")


def notices() -> list[tuple[str, str, date]]:
    """(label, level, issued on), in the order of their numbers."""
    return [(n.label, n.level, n.issued_on) for n in Notice.objects.order_by("year", "number")]


def told(notice: Notice | None = None) -> list[str]:
    """Who has a letter of a notice (default: the only one)."""
    notice = notice or Notice.objects.get()
    letters = OutgoingMail.objects.filter(notice=notice, kind="notice")
    return sorted(letters.values_list("recipient__display_name", flat=True))


def rows(step: str, **filters: Any) -> dict[str, str]:
    """Recipient → state or reason of the rows of a step."""
    found = Reminder.objects.filter(step__code=step, **filters).select_related("recipient")
    return {row.recipient.display_name: row.reason or row.state for row in found}
