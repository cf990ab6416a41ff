"""How do verbs keep a milestone's health true? They write it with their own change, or bring it up to date afterwards.

What only the passing of time or another milestone changes is the work of assessing.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from milestones.actors import Actor
from milestones.changes import record
from milestones.models import Milestone, NextAssessment, Plan

from . import health, health_loading, health_storing
from .calendars import calendar
from .looking import look_again

VERB = "milestone.health"
ASSESSOR = Actor.system()  # nobody says what a health is: it follows
CHUNK = 1000
# The columns of a milestone that its health hangs on.
INPUTS = frozenset({"state", "due", "forecast", "actual"})
# Those of its plan.
PLAN_INPUTS = frozenset(
    {"starts_on", "time_zone", "report_cadence", "report_day", "weekly_from", "warning_days", "tolerance"}
)
NOTHING: Mapping[str, Any] = MappingProxyType({})


def assessed(milestone: Milestone, values: Mapping[str, Any] = NOTHING, *, now: datetime) -> health.Assessment:
    """The health of `milestone` with the columns `values` about to be written, with every reason that applies."""
    return _assessed(milestone, values, now)[0]


def columns(milestone: Milestone, values: Mapping[str, Any] = NOTHING, *, now: datetime) -> dict[str, Any]:
    """The derived columns, to be stored together with `values`; in a draft plan without a query."""
    found, behind_since = _assessed(milestone, values, now)
    return {"health": found.health, "health_reason": found.reason, "behind_since": behind_since}


def refresh(milestone: Milestone, *, now: datetime) -> bool:
    """In the transaction of a verb that wrote something else: a report, an override, a dependency. Whether it changed.
    When it now is behind its pace, or no longer is, the reminder sweep looks at it.

    The row is read again under its lock, so that of two such verbs the later one sees what the earlier one wrote.
    """
    rows = Milestone.objects.select_for_update(no_key=True, of=("self",)).select_related("plan")
    present = rows.get(pk=milestone.pk)
    seen, behind = present.version, present.behind_since
    changed = record.update(present, columns(present, now=now), actor=ASSESSOR, verb=VERB, now=now)
    if changed and milestone.version == seen:
        for name in ("health", "health_reason", "behind_since", "version", "updated_at"):
            setattr(milestone, name, getattr(present, name))
    if present.behind_since != behind:
        look_again(present, now)
    return changed


def refresh_all(milestones: Collection[Any], *, now: datetime) -> int:
    """`refresh` of many, by primary key; how many changed. A constant number of queries a thousand."""
    ids, days, changed = sorted(milestones), calendar(), 0
    for first in range(0, len(ids), CHUNK):
        rows = Milestone.objects.filter(pk__any_of=ids[first : first + CHUNK]).order_by("pk")
        held = list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
        stale = health_storing.stale(health_storing.load(held), days, now)
        changed += health_storing.store(stale, ASSESSOR, VERB, now)
    return changed


def assess_again(milestone: Milestone, now: datetime) -> None:
    """Let the job come by at once, with the verb's transaction: somebody may be reporting at this very moment."""
    if milestone.plan.is_active:
        NextAssessment.objects.wake_one(milestone.pk, now)


def begin(plan: Plan, now: datetime) -> None:
    """In the transaction that activates a plan: every milestone has a health from now on."""
    refresh_all(_of(plan), now=now)
    NextAssessment.objects.wake(plan.milestones.open(), now)


def after_plan_edit(plan: Plan, values: Collection[str], now: datetime) -> None:
    """Another cadence, window, tolerance or period counts for all of its milestones; the job sees to it."""
    if PLAN_INPUTS & set(values):
        NextAssessment.objects.wake(plan.milestones.open(), now)


def end(plan: Plan, now: datetime) -> None:
    """In the transaction that closes a plan: its milestones stay as they stand today."""
    refresh_all(_of(plan), now=now)
    NextAssessment.objects.filter(milestone__plan=plan).delete()


def _assessed(milestone: Milestone, values: Mapping[str, Any], now: datetime) -> tuple[health.Assessment, date | None]:
    """With the day since which it is behind."""
    if milestone.plan.is_draft:
        return health.Assessment(), None
    near = health_loading.Around() if milestone._state.adding else health_loading.around([milestone.pk], now)
    row = health_loading.row(milestone, values, now)
    facts, today = health_loading.facts(row, milestone.pk, near), health_loading.today(row, now)
    found = health.assess(facts, today, calendar())
    return found, health.behind_since(facts, found, milestone.behind_since, today)


def _of(plan: Plan) -> list[Any]:
    return list(plan.milestones.order_by().values_list("pk", flat=True))
