"""How is a plan created, filled with workstreams, activated, closed and, as a draft, deleted?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict, check_known
from milestones.models import (
    Milestone,
    NextAssessment,
    NextLook,
    Plan,
    PlanState,
    Reading,
    Reminder,
    ReminderPolicy,
    ReminderState,
    Suppression,
    Workstream,
)
from milestones.models.milestones import MilestoneQuerySet

from . import assessment, moving
from .holding import hold, hold_alone, hold_policies
from .loosening import loosen
from .rules import check_plan_open

CADENCE = ("report_cadence", "report_day", "weekly_from", "warning_days", "tolerance")
EDITABLE = (
    "code",
    "title",
    "title_en",
    "year",
    "starts_on",
    "ends_on",
    "time_zone",
    "policy",
    "source_document",
    *CADENCE,
)
STREAM_EDITABLE = ("code", "title", "title_en", "position", "lead", "policy")


def create(values: Mapping[str, Any], *, actor: Actor, now: datetime, is_demo: bool = False) -> Plan:
    """A new draft. Raises RuleBroken, Duplicate (code taken), Forbidden."""
    access.require(actor, "plan.create")
    check_known(values, EDITABLE)
    plan = Plan(**values, is_demo=is_demo)
    _check_period(plan.starts_on, plan.ends_on)
    _check_cadence(values)
    with record.writing(actor=actor, now=now):
        hold_policies(plan.policy)
        return record.create(plan, actor=actor, verb="plan.create", now=now)


def edit(
    plan: Plan,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change title, period, time zone or policy; an active plan is looked at again at once."""
    record.expect(plan, version)
    check_known(values, EDITABLE)
    access.require(actor, "plan.edit", plan)
    check_plan_open(plan)
    _check_period(values.get("starts_on", plan.starts_on), values.get("ends_on", plan.ends_on))
    _check_cadence(values)
    with record.writing(actor=actor, now=now):
        hold_policies(values.get("policy"))
        changed = record.update(plan, values, actor=actor, verb="plan.edit", now=now)
        if changed and plan.is_active:
            _look_again(plan.milestones.open(), values, now)
            assessment.after_plan_edit(plan, values, now)
    return changed


def activate(plan: Plan, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """draft → active: from now on baselines are fixed and reminders run; steps of days before today are not sent."""
    record.expect(plan, version)
    access.require(actor, "plan.activate", plan)
    _check_state(plan, PlanState.DRAFT)
    if not plan.milestones.exists():
        raise RuleBroken(
            _("A plan without milestones cannot be activated; add or load some."),
            code="empty",
        )
    if not ReminderPolicy.objects.filter(is_default=True).exists():
        raise RuleBroken(
            _("There is no default reminder policy; create one first."),
            code="no_policy",
        )
    with record.writing(actor=actor, now=now):
        record.update(
            plan,
            {"state": PlanState.ACTIVE, "activated_at": now},
            actor=actor,
            verb="plan.activate",
            now=now,
            allowed={"state": PlanState.DRAFT},
        )
        plan.milestones.open().update(reminded_since=now)
        NextLook.objects.wake(plan.milestones.open(), now)
        assessment.begin(plan, now)


def close(
    plan: Plan,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> None:
    """active → closed: what was planned to be sent is suppressed, nothing in it changes any more."""
    record.expect(plan, version)
    access.require(actor, "plan.close", plan)
    _check_state(plan, PlanState.ACTIVE)
    with record.writing(actor=actor, now=now):
        record.update(
            plan,
            {"state": PlanState.CLOSED, "closed_at": now},
            actor=actor,
            verb="plan.close",
            now=now,
            reason=reason,
            allowed={"state": PlanState.ACTIVE},
        )
        assessment.end(plan, now)
        NextLook.objects.filter(milestone__plan=plan).delete()
        planned = Reminder.objects.planned().filter(milestone__plan=plan)
        ended = list(planned.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        Reminder.objects.filter(pk__any_of=ended).update(
            state=ReminderState.SUPPRESSED, reason=Suppression.PLAN_CLOSED, updated_at=now
        )


def delete(plan: Plan, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Remove a draft with all it holds; each object leaves its tombstone."""
    record.expect(plan, version)
    access.require(actor, "plan.delete", plan)
    if not plan.is_draft:
        raise StateConflict(_("Only a draft plan can be deleted; close it instead."), code="cancel_instead")
    with record.writing(actor=actor, now=now):
        hold_alone(plan)
        loosen(plan.milestones.all(), actor=actor, now=now)
        for obj in [*_readings(plan), *_lowest_first(plan), *plan.targets.all(), *plan.workstreams.all(), plan]:
            record.delete(obj, actor=actor, verb=f"{obj._meta.model_name}.delete", now=now)


def create_workstream(plan: Plan, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> Workstream:
    check_known(values, STREAM_EDITABLE)
    stream = Workstream(plan=plan, **values)
    access.require(actor, "workstream.create", stream)
    check_plan_open(plan)
    with record.writing(actor=actor, now=now):
        hold(plan)
        hold_policies(stream.policy)
        return record.create(stream, actor=actor, verb="workstream.create", now=now)


def edit_workstream(
    stream: Workstream,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> bool:
    record.expect(stream, version)
    check_known(values, STREAM_EDITABLE)
    access.require(actor, "workstream.edit", stream)
    check_plan_open(stream.plan)
    with record.writing(actor=actor, now=now):
        hold(stream.plan)
        hold_policies(values.get("policy"))
        changed = record.update(stream, values, actor=actor, verb="workstream.edit", now=now)
        if changed and "policy" in values and stream.plan.is_active:
            _look_again(stream.milestones.open(), values, now)
    return changed


def delete_workstream(stream: Workstream, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Remove an empty workstream of a draft plan."""
    record.expect(stream, version)
    access.require(actor, "workstream.delete", stream)
    if not stream.plan.is_draft:
        raise StateConflict(_("Only a draft plan's workstreams can be deleted."), code="cancel_instead")
    with record.writing(actor=actor, now=now):
        hold_alone(stream.plan)
        if stream.milestones.exists() or stream.targets.exists():
            message = _("This workstream still holds milestones or targets; move them first.")
            raise StateConflict(message, code="in_use")
        record.delete(stream, actor=actor, verb="workstream.delete", now=now)


def _readings(plan: Plan) -> Iterable[Reading]:
    """A revision before what it revises."""
    return Reading.objects.filter(target__plan=plan).order_by("-created_at", "-id")


def _lowest_first(plan: Plan) -> list[Milestone]:
    """A milestone before the one it stands below."""
    milestones = plan.milestones.in_bulk()

    def depth(one: Milestone) -> int:
        return 0 if one.parent_id is None else 1 + depth(milestones[one.parent_id])

    return sorted(milestones.values(), key=depth, reverse=True)


def _look_again(milestones: MilestoneQuerySet, values: Mapping[str, Any], now: datetime) -> None:
    """Another policy's steps count from now on: what they would have said before is not caught up."""
    if "policy" in values:
        moving.lock_all(milestones)
        milestones.update(reminded_since=now)
    NextLook.objects.wake(milestones, now)
    NextAssessment.objects.wake(milestones, now)


def _check_period(first: Any, last: Any) -> None:
    for name, day in (("starts_on", first), ("ends_on", last)):
        if day is None:
            raise RuleBroken(_("This is needed."), field=name, code="missing")
    if first > last:
        raise RuleBroken(_("The plan ends before it starts."), field="ends_on", code="period")


def _check_cadence(values: Mapping[str, Any]) -> None:
    """Each number within the bounds of its column, and a time zone that there is; named by its field."""
    for name in (*CADENCE[1:], "report_cadence", "time_zone"):
        if name in values:
            field: Any = Plan._meta.get_field(name)
            try:
                field.clean(values[name], None)
            except ValidationError as error:
                raise RuleBroken(" ".join(error.messages), field=name, code="bounds") from error


def _check_state(plan: Plan, state: str) -> None:
    if plan.state != state:
        message = _("The plan is %(state)s; that does not allow this step.")
        raise StateConflict(message % {"state": plan.get_state_display()})
