"""What does a submitted report move on its milestone: forecast, beginning of work, health?

A report of an earlier day than the newest one only fills the history: it moves neither forecast nor state.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from milestones import reasons
from milestones.actors import Actor
from milestones.models import Milestone, State, StatusReport
from milestones.planning import moving

from . import queries
from .rules import Content, Reported

VERB = "milestone.report"


def last_before(milestone: Milestone, content: Content, report: StatusReport) -> Reported | None:
    found = queries.last_before(milestone, content.as_of, besides=report.pk)
    return Reported(found.as_of, found.progress) if found else None


def follow(milestone: Milestone, report: StatusReport, *, actor: Actor, now: datetime) -> None:
    """In the transaction that submitted `report` and reserved its milestone: one change of the milestone, or none."""
    values: dict[str, Any] = {}
    if queries.is_newest(report):
        values |= {"forecast": report.forecast} if report.forecast else {}
        values |= {"state": State.IN_PROGRESS} if report.progress and milestone.state == State.PLANNED else {}
    reason = reasons.coded("report", day=report.as_of)
    moving.move(milestone, values, verb=VERB, actor=actor, now=now, reason=reason)
