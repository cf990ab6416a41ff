"""How does the office declare one day working or free?"""

from __future__ import annotations

from datetime import date, datetime

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.models import DayOverride


def declare(day: date, *, is_working: bool, note: str, actor: Actor, now: datetime) -> DayOverride:
    """Set or change the override of `day`; the sweep notices that the calendar differs and looks at all again."""
    access.require(actor, "calendar.edit")
    with record.writing(actor=actor, now=now):
        found = DayOverride.objects.filter(day=day).first()
        if found is None:
            override = DayOverride(day=day, is_working=is_working, note=note)
            return record.create(override, actor=actor, verb="calendar.declare", now=now)
        values = {"is_working": is_working, "note": note}
        record.update(found, values, actor=actor, verb="calendar.declare", now=now)
        return found


def withdraw(override: DayOverride, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Back to the published calendar."""
    record.expect(override, version)
    access.require(actor, "calendar.edit")
    with record.writing(actor=actor, now=now):
        record.delete(override, actor=actor, verb="calendar.withdraw", now=now)
