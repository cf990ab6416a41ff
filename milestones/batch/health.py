"""How do the milestones of a batch stand after it? Those of the same dates stand the same: assessed once."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Sequence
from datetime import date, datetime
from typing import Any

from milestones.planning import assessment, health, health_loading
from milestones.planning.calendars import calendar
from milestones.planning.health_loading import Around

from .writes import Write

NO_HEALTH: dict[str, Any] = {"health": None, "health_reason": None, "behind_since": None}


def settle(writes: Sequence[Write], now: datetime) -> None:
    """The derived columns: into the new milestone, or into what is changed of an old one."""
    moved = [write for write in writes if assesses(write)]
    asked = [write for write in moved if not write.plan.is_draft]
    near = health_loading.around([one.pk for one in asked if not one.is_new], now) if asked else Around()
    assessor = _Assessor(near, now)
    for write in moved:
        columns = assessor.columns(write) if not write.plan.is_draft else NO_HEALTH
        if write.is_new:
            for name, value in columns.items():
                setattr(write.milestone, name, value)
        else:
            write.columns |= columns


def assesses(write: Write) -> bool:
    return write.is_new or not assessment.INPUTS.isdisjoint(write.touched)


class _Assessor:
    def __init__(self, near: Around, now: datetime) -> None:
        self.near, self.now, self.days = near, now, calendar()
        self.known: dict[Hashable, dict[str, Any]] = {}

    def columns(self, write: Write) -> dict[str, Any]:
        if self._is_special(write.pk):
            return self._columns(write)
        milestone, columns = write.milestone, write.columns
        dates = [columns.get(name, getattr(milestone, name)) for name in health_loading.OWN]
        key = (milestone.plan_id, milestone.behind_since, *dates)
        if key not in self.known:
            self.known[key] = self._columns(write)
        return self.known[key]

    def _is_special(self, pk: uuid.UUID) -> bool:
        return any(pk in some for some in (self.near.reports, self.near.overrides, self.near.red))

    def _columns(self, write: Write) -> dict[str, Any]:
        milestone = write.milestone
        row = health_loading.row(milestone, write.columns, self.now)
        facts, today = health_loading.facts(row, milestone.pk, self.near), health_loading.today(row, self.now)
        found = health.assess(facts, today, self.days)
        since: date | None = health.behind_since(facts, found, milestone.behind_since, today)
        return {"health": found.health, "health_reason": found.reason, "behind_since": since}
