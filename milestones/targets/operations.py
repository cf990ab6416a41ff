"""How is a target created and edited, and a reading recorded or revised?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict, check_known
from milestones.models import Bound, Plan, PlanState, Reading, Target
from milestones.planning import sources
from milestones.planning.holding import hold

EDITABLE = (
    "workstream",
    "code",
    "name",
    "name_en",
    "unit",
    "measure",
    "bound",
    "value",
    "value_max",
    "lead",
    "source_start",
    "source_end",
)


def create(plan: Plan, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> Target:
    """A new target; a range needs `value_max`, every other bound must not have one."""
    target = Target(plan=plan, **values)
    access.require(actor, "target.create", target)
    _check_open(plan)
    _check(target, values)
    with record.writing(actor=actor, now=now):
        hold(plan)
        return record.create(target, actor=actor, verb="target.create", now=now)


def edit(
    target: Target,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> bool:
    record.expect(target, version)
    check_known(values, EDITABLE)
    access.require(actor, "target.edit", target)
    _check_open(target.plan)
    _check(target, values)
    with record.writing(actor=actor, now=now):
        hold(target.plan)
        return record.update(target, values, actor=actor, verb="target.edit", now=now)


def delete(target: Target, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Remove a target of a draft plan, with its readings."""
    record.expect(target, version)
    access.require(actor, "target.delete", target)
    if not target.plan.is_draft:
        raise StateConflict(_("Only a draft plan's targets can be deleted."), code="cancel_instead")
    with record.writing(actor=actor, now=now):
        hold(target.plan)
        for reading in target.readings.order_by("-created_at", "-id"):
            record.delete(reading, actor=actor, verb="reading.delete", now=now)
        record.delete(target, actor=actor, verb="target.delete", now=now)


def record_reading(
    target: Target,
    *,
    as_of: date,
    value: Decimal,
    source: str,
    provisional: bool = True,
    revises: Reading | None = None,
    actor: Actor,
    now: datetime,
) -> Reading:
    """A new row; `revises` names the reading it corrects, which stays as it was. A reading is revised once."""
    access.require(actor, "target.record", target)
    _check_open(target.plan)
    _check_reading(target, as_of, source, revises, now)
    reading = Reading(
        target=target,
        as_of=as_of,
        value=value,
        source=source.strip(),
        provisional=provisional,
        revises=revises,
        recorded_by=actor.label,
    )
    with record.writing(actor=actor, now=now):
        hold(target.plan)
        return record.create(reading, actor=actor, verb="target.record", now=now)


def _check_reading(target: Target, as_of: date, source: str, revises: Reading | None, now: datetime) -> None:
    if not source.strip():
        raise RuleBroken(_("Say where the figure comes from."), field="source", code="missing")
    if as_of > now.astimezone(target.plan.zone).date():
        raise RuleBroken(_("A reading cannot lie in the future."), field="as_of", code="future")
    if revises is None:
        return
    if revises.target_id != target.pk:
        raise RuleBroken(
            _("The revised reading belongs to another target."),
            field="revises",
            code="other_target",
        )
    if Reading.objects.filter(revises=revises).exists():
        raise StateConflict(
            _("This reading was already revised; revise the newer one."),
            field="revises",
        )


def _check(target: Target, values: Mapping[str, Any]) -> None:
    bound = values.get("bound", target.bound)
    low, high = (
        values.get("value", target.value),
        values.get("value_max", target.value_max),
    )
    if bound == Bound.RANGE and (high is None or high < low):
        raise RuleBroken(
            _("A range needs an upper value that is not below the value."),
            field="value_max",
        )
    if bound != Bound.RANGE and high is not None:
        raise RuleBroken(_("Only a range has an upper value."), field="value_max")
    sources.check_span(target, values)
    if (stream := values.get("workstream")) and stream.plan_id != target.plan_id:
        raise RuleBroken(
            _("The workstream belongs to another plan."),
            field="workstream",
            code="other_plan",
        )


def _check_open(plan: Plan) -> None:
    if plan.state == PlanState.CLOSED:
        raise StateConflict(_("The plan is closed; nothing in it can be changed."), code="plan_closed")
