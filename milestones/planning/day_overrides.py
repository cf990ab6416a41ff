"""How does the office declare days working or free?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.models import DayOverride
from milestones.workdays import Calendar
from milestones.workdays.announced import Announced

from .calendars import calendar


@dataclass(frozen=True)
class Standing:
    """A day of a notice beside the calendar: `now` whether it is worked as of now, `override` what makes it so."""

    announced: Announced
    now: bool
    override: DayOverride | None

    @property
    def differs(self) -> bool:
        return self.announced.is_working != self.now


def compare(announced: Iterable[Announced]) -> list[Standing]:
    """Which days of a notice does the calendar not know yet? Two queries."""
    days = list(announced)
    overrides = {found.day: found for found in DayOverride.objects.filter(day__in=[one.day for one in days])}
    known: Calendar = calendar()
    return [Standing(one, known.is_workday(one.day), overrides.get(one.day)) for one in days]


def declare_notice(announced: Iterable[Announced], *, actor: Actor, now: datetime) -> list[DayOverride]:
    """An override for each day of a notice that the calendar counts otherwise, all or none; what was changed."""
    access.require(actor, "calendar.edit")
    with record.writing(actor=actor, now=now):
        return [_set(one.announced, one.override, actor=actor, now=now) for one in compare(announced) if one.differs]


def _set(announced: Announced, found: DayOverride | None, *, actor: Actor, now: datetime) -> DayOverride:
    day, values = announced.day, {"is_working": announced.is_working, "note": announced.name}
    if found is None:
        return record.create(DayOverride(day=day, **values), actor=actor, verb="calendar.declare", now=now)
    record.update(found, values, actor=actor, verb="calendar.declare", now=now)
    return found


def declare(day: date, *, is_working: bool, note: str, actor: Actor, now: datetime) -> DayOverride:
    """Set or change the override of `day`; the sweep notices that the calendar differs and looks at all again."""
    access.require(actor, "calendar.edit")
    with record.writing(actor=actor, now=now):
        found = DayOverride.objects.filter(day=day).first()
        return _set(Announced(day, is_working, note), found, actor=actor, now=now)


def withdraw(override: DayOverride, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Back to the published calendar."""
    record.expect(override, version)
    access.require(actor, "calendar.edit")
    with record.writing(actor=actor, now=now):
        record.delete(override, actor=actor, verb="calendar.withdraw", now=now)
