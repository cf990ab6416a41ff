"""What does a change of dates or of owner entail: columns, deadline version, date history?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from milestones.actors import Actor
from milestones.models import DateRevision, Milestone, Via
from milestones.workdays.periods import FuzzyDate

DATES = ("due", "forecast", "actual")


@dataclass(frozen=True)
class Dates:
    """A milestone's dates before a change."""

    due: FuzzyDate
    forecast: FuzzyDate | None
    actual: FuzzyDate | None

    @classmethod
    def of(cls, milestone: Milestone) -> Dates:
        return cls(milestone.due, milestone.forecast, milestone.actual)


def columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The domain's values as columns: a FuzzyDate becomes `…_on` and `…_precision`."""
    stored: dict[str, Any] = {}
    for name, value in values.items():
        if name in DATES:
            stored[f"{name}_on"] = value.on if value else None
            stored[f"{name}_precision"] = str(value.precision) if value else None
        else:
            stored[name] = value
    return stored


def consequences(touched: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The operational column that follows from the touched ones: how far back reminders may catch up."""
    bounds = {"due", "accountable", "lead", "policy", "workstream"} & set(touched)
    return {"reminded_since": now} if bounds else {}


def write(milestone: Milestone, before: Dates, *, actor: Actor, now: datetime, reason: str) -> None:
    """One row for each date that moved."""
    for which in DATES:
        old, new = getattr(before, which), getattr(milestone, which)
        if old != new:
            _row(milestone, which, old, new, actor, now, reason).save(force_insert=True)


def _row(
    milestone: Milestone,
    which: str,
    old: FuzzyDate | None,
    new: FuzzyDate | None,
    actor: Actor,
    now: datetime,
    reason: str,
) -> DateRevision:
    return DateRevision(
        milestone=milestone,
        which=which,
        old_on=old.on if old else None,
        old_precision=str(old.precision) if old else None,
        new_on=new.on if new else None,
        new_precision=str(new.precision) if new else None,
        reason=reason,
        actor_id=actor.person.pk if actor.person else None,
        actor_label=actor.label,
        via=Via(actor.via),
        at=now,
    )
