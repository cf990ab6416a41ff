"""How does a policy come to be and change, so that an edit never sends again or loses what is planned?

A step keeps its identity; what it says stands in versions. An edit closes the version in force and opens one that is
effective from tomorrow; an unchanged step is not touched at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import StateConflict, check_known
from milestones.models import (
    REMINDED_STATES,
    NextLook,
    Reminder,
    ReminderPolicy,
    ReminderStep,
    StepVersion,
)
from milestones.models.milestones import MilestoneQuerySet
from milestones.planning import moving

from . import ladder
from .ladder import StepInput
from .resolution import followers, used_by

__all__ = ["StepInput", "copy", "create_policy", "delete", "edit", "edit_steps", "make_default", "versions_on"]

EDITABLE = ("code", "name")


class PolicyInUse(StateConflict):
    """The policy is the default one, somebody follows it, or the ledger tells of its steps."""

    code = "in_use"


def create_policy(
    values: Mapping[str, Any], steps: Sequence[StepInput], *, actor: Actor, now: datetime
) -> ReminderPolicy:
    """A new policy, effective from today; `values` are code and name.

    BadLadder tells all that is wrong with the steps.
    """
    access.require(actor, "policy.create")
    return _create(values, ladder.checked(steps), verb="policy.create", actor=actor, now=now)


def copy(policy: ReminderPolicy, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> ReminderPolicy:
    """A new policy that begins with the steps that `policy` has from tomorrow on, at once in force."""
    access.require(actor, "policy.create")
    steps = [ladder.of_version(version) for version in versions_on(policy, _tomorrow(now))]
    return _create(values, ladder.checked(steps), verb="policy.copy", actor=actor, now=now)


def edit(
    policy: ReminderPolicy, values: Mapping[str, Any], *, actor: Actor, now: datetime, version: int | None = None
) -> bool:
    """Change the name."""
    record.expect(policy, version)
    check_known(values, EDITABLE)
    access.require(actor, "policy.edit", policy)
    with record.writing(actor=actor, now=now):
        return record.update(policy, values, actor=actor, verb="policy.edit", now=now)


def edit_steps(
    policy: ReminderPolicy, steps: Sequence[StepInput], *, actor: Actor, now: datetime, version: int | None = None
) -> bool:
    """Make `steps` the ladder from tomorrow on (a day of this installation's time zone).

    BadLadder tells all that is wrong with the steps.
    """
    record.expect(policy, version)
    access.require(actor, "policy.edit", policy)
    wanted, tomorrow = ladder.checked(steps), _tomorrow(now)
    with record.writing(actor=actor, now=now):
        present = {v.step.code: v for v in versions_on(policy, tomorrow)}
        parts = {"steps": ([_kept(v) for v in present.values()], [ladder.as_kept(step) for step in wanted])}
        changed = record.update(policy, {}, actor=actor, verb="policy.edit_steps", now=now, parts=parts)
        if changed:
            _write(policy, present, wanted, tomorrow)
            _look_tomorrow(policy, tomorrow)
    return changed


def make_default(policy: ReminderPolicy, *, actor: Actor, now: datetime, version: int | None = None) -> bool:
    """From now on whatever names no policy follows this one; False when it did already.

    As with any choice of a policy: what its steps would have said before now is not caught up.
    """
    record.expect(policy, version)
    access.require(actor, "policy.make_default", policy)
    with record.writing(actor=actor, now=now):
        if (before := _default_of_all()) == policy:
            return False
        how: Any = {"actor": actor, "verb": "policy.make_default", "now": now}
        if before is not None:
            record.update(before, {"is_default": False}, **how)
        record.update(policy, {"is_default": True}, **how)
        _look_again(followers(policy, names_it=False), now)
    return True


def delete(policy: ReminderPolicy, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Remove a policy that nothing follows and by which nothing was ever planned."""
    record.expect(policy, version)
    access.require(actor, "policy.delete", policy)
    with record.writing(actor=actor, now=now):
        list(ReminderPolicy.objects.select_for_update().filter(pk=policy.pk).values_list("pk"))
        _check_unused(policy)
        record.delete(policy, actor=actor, verb="policy.delete", now=now)


def is_unused(policy: ReminderPolicy) -> bool:
    try:
        _check_unused(policy)
    except PolicyInUse:
        return False
    return True


def versions_on(policy: ReminderPolicy, day: date) -> list[StepVersion]:
    """What the policy says on `day`, by step code."""
    found = StepVersion.objects.effective_on(day).filter(step__policy=policy).select_related("step")
    return list(found.order_by("step__code"))


def _create(
    values: Mapping[str, Any], steps: Sequence[StepInput], *, verb: str, actor: Actor, now: datetime
) -> ReminderPolicy:
    check_known(values, EDITABLE)
    policy = ReminderPolicy(**values)
    with record.writing(actor=actor, now=now):
        told = [ladder.as_kept(step) for step in steps]
        record.create(policy, actor=actor, verb=verb, now=now, steps=told)
        _write(policy, {}, steps, _today(now))
    return policy


def _default_of_all() -> ReminderPolicy | None:
    """All policies are held: of two that are made the default at once the second sees the first."""
    held = ReminderPolicy.objects.select_for_update(no_key=True).order_by("pk")
    return next((policy for policy in held if policy.is_default), None)


def _check_unused(policy: ReminderPolicy) -> None:
    if policy.is_default:
        raise PolicyInUse(_("This is the default policy; make another one the default first."))
    if users := used_by(policy):
        message = _("Still chosen by: %(users)s. Choose another policy there first.")
        raise PolicyInUse(message % {"users": "; ".join(map(str, users))})
    if Reminder.objects.filter(step__policy=policy).exists():
        raise PolicyInUse(_("Reminders were planned by its steps, and the ledger keeps them: the policy stays."))


def _write(policy: ReminderPolicy, present: Mapping[str, StepVersion], steps: Sequence[StepInput], day: date) -> None:
    wanted = {step.code: step for step in steps}
    for code, version in present.items():
        if code not in wanted:
            _close(version, day)
    for code, step in wanted.items():
        if code not in present:
            identity, _made = ReminderStep.objects.get_or_create(policy=policy, code=code)
            _open(identity, step, day)
        elif _kept(present[code]) != ladder.as_kept(step):
            _close(present[code], day)
            _open(present[code].step, step, day)


def _close(version: StepVersion, day: date) -> None:
    """End it. A version that never came into force is taken back, but for one by which something is planned already:
    it may be tomorrow where a plan is."""
    if version.effective_from >= day and not Reminder.objects.filter(step_version=version).exists():
        version.delete()
    else:
        StepVersion.objects.filter(pk=version.pk).update(effective_until=max(day, version.effective_from))


def _open(step: ReminderStep, said: StepInput, day: date) -> None:
    """The version that was to end on `day` goes on when it says the same: an edit taken back leaves nothing behind."""
    versions = list(step.versions.order_by("number"))
    for version in versions:
        if version.effective_until == day > version.effective_from and _kept(version) == ladder.as_kept(said):
            StepVersion.objects.filter(pk=version.pk).update(effective_until=None)
            return
    number = versions[-1].number + 1 if versions else 1
    StepVersion.objects.create(step=step, number=number, effective_from=day, **ladder.said(said))


def _look_tomorrow(policy: ReminderPolicy, day: date) -> None:
    """A changed step may fall earlier than the sweep meant to look."""
    start = datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)) - timedelta(hours=14)
    later = Q(next_look__isnull=True) | Q(next_look__at__gt=start)
    NextLook.objects.wake(followers(policy).filter(later, state__in=REMINDED_STATES), start)


def _look_again(milestones: MilestoneQuerySet, now: datetime) -> None:
    moving.lock_all(milestones)
    milestones.update(reminded_since=now)
    NextLook.objects.wake(milestones, now)


def _kept(version: StepVersion) -> dict[str, Any]:
    return ladder.as_kept(ladder.of_version(version))


def _today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _tomorrow(now: datetime) -> date:
    return _today(now) + timedelta(days=1)
