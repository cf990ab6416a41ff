"""How does a leader say for a while that a milestone stands otherwise than it was computed?"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from milestones import access, wording
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict
from milestones.models import HealthOverride, Milestone
from milestones.models.health import GIVEN

from . import assessment, moving
from .rules import check_plan_open


class InForce(StateConflict):
    code = "in_force"
    message = _("An override is in force already; withdraw it first.")


def give(
    milestone: Milestone,
    health: str,
    *,
    reason: str,
    until: date,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> HealthOverride:
    """Show `health` (green, yellow or red) until the end of `until`, a day of the plan; what is computed stands beside.

    Raises RuleBroken (a field is at fault), StateConflict (nothing to assess), InForce, Conflict, Forbidden.
    """
    record.expect(milestone, version)
    access.require(actor, "milestone.override_health", milestone)
    today = now.astimezone(milestone.plan.zone).date()
    _check_open(milestone)
    _check(health, reason, until, today)
    override = HealthOverride(
        milestone=milestone, health=health, reason=reason.strip(), until=until, given_by=actor.person
    )
    with record.writing(actor=actor, now=now):
        moving.reserve(milestone)
        if found := in_force(milestone, today):
            raise InForce(_in_force_until(found))
        record.create(override, actor=actor, verb="milestone.override_health", now=now, reason=reason.strip())
        assessment.refresh(milestone, now=now)
    return override


def withdraw(
    override: HealthOverride, *, actor: Actor, now: datetime, reason: str = "", version: int | None = None
) -> None:
    """Back to what is computed, at once. Raises StateConflict when it has ended by itself, Conflict, Forbidden."""
    record.expect(override, version)
    milestone = override.milestone
    access.require(actor, "milestone.withdraw_override", milestone)
    check_plan_open(milestone.plan)
    if override.withdrawn_at is not None or override.until < now.astimezone(milestone.plan.zone).date():
        raise StateConflict(_("This override has ended; there is nothing to withdraw."), code="ended")
    with record.writing(actor=actor, now=now):
        moving.reserve(milestone)
        record.update(
            override,
            {"withdrawn_at": now},
            actor=actor,
            verb="milestone.withdraw_override",
            now=now,
            reason=reason,
            allowed={"withdrawn_at__isnull": True},
        )
        assessment.refresh(milestone, now=now)


def in_force(milestone: Milestone, today: date) -> HealthOverride | None:
    return milestone.health_overrides.in_force(today).first()


def _check_open(milestone: Milestone) -> None:
    if not milestone.plan.is_active:
        raise StateConflict(
            _("The plan is not active; only an active plan's health is assessed."), code="plan_not_active"
        )
    if not milestone.is_open:
        message = _("This milestone is %(state)s; there is nothing left to assess.")
        raise StateConflict(message % {"state": milestone.get_state_display()})


def _check(health: str, reason: str, until: date, today: date) -> None:
    if health not in GIVEN:
        raise RuleBroken(
            _("Choose green, yellow or red; done follows from verification."), field="health", code="health"
        )
    if not reason.strip():
        raise RuleBroken(_("A reason is needed; say why in a sentence."), field="reason", code="reason_missing")
    if until < today:
        raise RuleBroken(_("The last day lies in the past; choose today or a later day."), field="until", code="past")


def _in_force_until(override: HealthOverride) -> str:
    words = {"health": override.get_health_display(), "until": wording.day(override.until)}
    return str(_("The health is set to “%(health)s” until %(until)s already; withdraw that first.") % words)
