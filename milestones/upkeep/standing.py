"""What must the office know on every page? One query, whatever the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Subquery, UUIDField

from milestones.models import Heartbeat, Incident, MailGate, Person
from milestones.models.prepared import Prepared, Slot

from .condition import delivery_limit, is_late, latest, sweep_limit
from .faults import Fault, Problem


@dataclass(frozen=True)
class Standing:
    """As the rows tell it: `lasting` are the problems of the open incident that have not ended."""

    last_sweep: datetime | None
    last_delivery: datetime | None
    paused_at: datetime | None
    paused_by: str
    pause_reason: str
    lasting: tuple[Problem, ...]

    def late(self, now: datetime, started: datetime) -> Problem | None:
        """The job that does not run, the sweep before delivery; a start excuses it for as long as a run would."""
        if is_late(latest(started, self.last_sweep), now, sweep_limit()):
            return Problem(Fault.SWEEP, self.last_sweep)
        if is_late(latest(started, self.last_delivery), now, delivery_limit()):
            return Problem(Fault.DELIVERY, self.last_delivery)
        return None


def standing(reader: Person) -> Standing:
    last_sweep, last_delivery, paused_at, paused_by, reason, problems = _STANDING.first(reader=reader.pk)
    lasting = tuple(Problem.read(problem) for problem in problems or () if "until" not in problem)
    return Standing(last_sweep, last_delivery, paused_at, paused_by or "", reason or "", lasting)


def _told() -> QuerySet[Any, Any]:
    """Hung on the reader's own row, which is there in any case."""
    gate = MailGate.objects.filter(paused_at__isnull=False)
    return (
        Person.objects.filter(pk=Slot("reader", UUIDField()))
        .order_by()
        .values_list(
            _one(Heartbeat.objects.filter(name="sweep"), "at"),
            _one(Heartbeat.objects.filter(name="delivery"), "at"),
            _one(gate, "paused_at"),
            _one(gate, "paused_by__display_name"),
            _one(gate, "pause_reason"),
            _one(Incident.objects.filter(is_open=True), "problems"),
        )
    )


def _one(rows: QuerySet[Any], column: str) -> Subquery:
    return Subquery(rows.values(column)[:1])


_STANDING = Prepared(_told)
