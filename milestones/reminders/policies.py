"""How does a policy come to be and change, so that an edit never sends again or loses what is planned?

A step keeps its identity; what it says stands in versions. An edit closes the version in force and opens one that is
effective from tomorrow; an unchanged step is not touched at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, check_known
from milestones.models import (
    REMINDED_STATES,
    Anchor,
    DayUnit,
    Milestone,
    NextLook,
    ReminderPolicy,
    ReminderStep,
    StepVersion,
)

EDITABLE = ("code", "name")


@dataclass(frozen=True)
class StepInput:
    """What a step says. `offset` in `unit`s; 0 only on the deadline."""

    code: str
    anchor: str
    offset: int = 0
    unit: str = DayUnit.WORKING
    repeats: bool = False


def create_policy(
    values: Mapping[str, Any], steps: Sequence[StepInput], *, actor: Actor, now: datetime
) -> ReminderPolicy:
    """A new policy, effective from today; `values` are code and name."""
    access.require(actor, "policy.create")
    _check(steps)
    check_known(values, EDITABLE)
    policy = ReminderPolicy(**values)
    with record.writing(actor=actor, now=now):
        record.create(policy, actor=actor, verb="policy.create", now=now, steps=[asdict(s) for s in steps])
        _write(policy, {}, steps, _today(now))
    return policy


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
    """Make `steps` the ladder from tomorrow on (a day of this installation's time zone)."""
    record.expect(policy, version)
    access.require(actor, "policy.edit", policy)
    _check(steps)
    tomorrow = _today(now) + timedelta(days=1)
    with record.writing(actor=actor, now=now):
        present = {v.step.code: v for v in versions_on(policy, tomorrow)}
        old, new = [_said(v) for v in present.values()], sorted((asdict(s) for s in steps), key=lambda s: s["code"])
        changed = record.update(policy, {}, actor=actor, verb="policy.edit_steps", now=now, parts={"steps": (old, new)})
        if changed:
            _write(policy, present, steps, tomorrow)
            _look_tomorrow(tomorrow)
    return changed


def versions_on(policy: ReminderPolicy, day: date) -> list[StepVersion]:
    """What the policy says on `day`, by step code."""
    found = StepVersion.objects.effective_on(day).filter(step__policy=policy).select_related("step")
    return list(found.order_by("step__code"))


def _write(policy: ReminderPolicy, present: Mapping[str, StepVersion], steps: Sequence[StepInput], day: date) -> None:
    wanted = {step.code: step for step in steps}
    for code, version in present.items():
        if code not in wanted:
            _close(version, day)
    for code, step in wanted.items():
        if code not in present:
            identity, _made = ReminderStep.objects.get_or_create(policy=policy, code=code)
            _open(identity, step, day)
        elif _said(present[code]) != asdict(step):
            _close(present[code], day)
            _open(present[code].step, step, day)


def _close(version: StepVersion, day: date) -> None:
    """End it; a version that never came into force is taken back, no reminder can point to it."""
    if version.effective_from >= day:
        version.delete()
    else:
        StepVersion.objects.filter(pk=version.pk).update(effective_until=day)


def _open(step: ReminderStep, said: StepInput, day: date) -> None:
    number = max([v.number for v in step.versions.all()], default=0) + 1
    words = {name: value for name, value in asdict(said).items() if name != "code"}
    StepVersion.objects.create(step=step, number=number, effective_from=day, **words)


def _look_tomorrow(day: date) -> None:
    """A changed step may fall earlier than the sweep meant to look."""
    start = datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)) - timedelta(hours=14)
    later = Q(next_look__isnull=True) | Q(next_look__at__gt=start)
    reminded = Milestone.objects.in_active_plans().filter(later, state__in=REMINDED_STATES)
    NextLook.objects.wake(reminded, start)


def _said(version: StepVersion) -> dict[str, Any]:
    return {
        "code": version.step.code,
        "anchor": version.anchor,
        "offset": version.offset,
        "unit": version.unit,
        "repeats": version.repeats,
    }


def _today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _check(steps: Sequence[StepInput]) -> None:
    codes = [step.code for step in steps]
    for step in steps:
        if not step.code.strip() or codes.count(step.code) > 1:
            raise RuleBroken(_("Each step needs a code of its own."), field="code", code="step_code")
        if step.anchor not in Anchor.values or step.unit not in DayUnit.values:
            raise RuleBroken(_("Choose an anchor and a unit from the list."), field="anchor", code="choice")
        if (step.offset == 0) != (step.anchor == Anchor.ON_DUE):
            raise RuleBroken(
                _("On the deadline the offset is 0; before and after it, it is at least 1."), field="offset"
            )
        if step.repeats and step.anchor != Anchor.AFTER_DUE:
            raise RuleBroken(_("Only a step after the deadline repeats."), field="repeats", code="repeats")
