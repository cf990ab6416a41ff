"""How is a target created, edited and deleted? Its readings come in by `recording.py`, under the same roof."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict, check_known
from milestones.models import Bound, Plan, Target
from milestones.planning import references, sources
from milestones.planning.holding import hold, hold_alone, still_there

from .recording import check_open
from .recording import record_reading as record_reading
from .recording import record_readings as record_readings

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


def create(
    plan: Plan, values: Mapping[str, Any], *, refs: references.Given | None = None, actor: Actor, now: datetime
) -> Target:
    """A new target; a range needs `value_max`, every other bound must not have one."""
    check_known(values, EDITABLE)
    target = Target(plan=plan, **values)
    access.require(actor, "target.create", target)
    check_open(plan)
    _check(target, values)
    named = references.moved(target, refs, actor)
    with record.writing(actor=actor, now=now):
        hold(plan)
        still_there(plan, workstream=target.workstream)
        record.create(target, actor=actor, verb="target.create", now=now, external_refs=named[1])
        references.write(target, *named, actor)
    return target


def edit(
    target: Target,
    values: Mapping[str, Any],
    *,
    refs: references.Given | None = None,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change columns; `refs`, when given, are all the names that other systems have for it from now on."""
    record.expect(target, version)
    check_known(values, EDITABLE)
    access.require(actor, "target.edit", target)
    check_open(target.plan)
    _check(target, values)
    before, after = references.moved(target, refs, actor)
    with record.writing(actor=actor, now=now):
        hold(target.plan)
        still_there(target.plan, workstream=values.get("workstream"))
        parts = {"external_refs": (before, after)}
        changed = record.update(target, values, actor=actor, verb="target.edit", now=now, parts=parts)
        references.write(target, before, after, actor)
    return changed


def delete(target: Target, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Remove a target of a draft plan, with its readings."""
    record.expect(target, version)
    access.require(actor, "target.delete", target)
    if not target.plan.is_draft:
        raise StateConflict(_("Only a draft plan's targets can be deleted."), code="cancel_instead")
    with record.writing(actor=actor, now=now):
        hold_alone(target.plan)
        for reading in target.readings.order_by("-created_at", "-id"):
            record.delete(reading, actor=actor, verb="reading.delete", now=now)
        record.delete(target, actor=actor, verb="target.delete", now=now)


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
