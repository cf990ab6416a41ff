"""How is an organisation created, renamed, given its speakers and retired?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict, check_known
from milestones.models import Milestone, NextLook, Organisation
from milestones.planning import moving, references
from milestones.planning.staying import hold_active, hold_leaving

SPEAKERS = ("head", "supervising_leader", "coordinator")

EDITABLE = (
    "code",
    "name",
    "short_name",
    "kind",
    "parent",
    "head",
    "supervising_leader",
    "coordinator",
    "is_active",
)


def create(
    values: Mapping[str, Any],
    *,
    refs: references.Given | None = None,
    actor: Actor,
    now: datetime,
    is_demo: bool = False,
) -> Organisation:
    """A new one. Raises RuleBroken, Duplicate (the code or a reference is taken), Forbidden."""
    access.require(actor, "organisation.create")
    check_known(values, EDITABLE)
    organisation = Organisation(**values, is_demo=is_demo)
    for name in ("code", "name"):
        if not getattr(organisation, name).strip():
            raise RuleBroken(_("This is needed."), field=name, code="missing")
    _check(organisation, values)
    named = references.moved(organisation, refs, actor)
    with record.writing(actor=actor, now=now):
        hold_active(**{name: getattr(organisation, name) for name in SPEAKERS})
        record.create(organisation, actor=actor, verb="organisation.create", now=now, external_refs=named[1])
        references.write(organisation, *named, actor)
    return organisation


def edit(
    organisation: Organisation,
    values: Mapping[str, Any],
    *,
    refs: references.Given | None = None,
    actor: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> bool:
    """Change columns. Another coordinator gets reminders from today on; so does the office when there is none now.

    `refs`, when given, are all the names that other systems have for it from now on.
    """
    record.expect(organisation, version)
    check_known(values, EDITABLE)
    access.require(actor, "organisation.edit", organisation)
    _check(organisation, values)
    before, after = references.moved(organisation, refs, actor)
    how: dict[str, Any] = {"actor": actor, "now": now, "reason": reason, "parts": {"external_refs": (before, after)}}
    moved = "coordinator" in values and values["coordinator"] != organisation.coordinator
    with record.writing(actor=actor, now=now):
        hold_active(**{name: values[name] for name in SPEAKERS if name in values})
        if _retires(organisation, values):
            hold_leaving(organisation)
            _check_leads_nothing(organisation)
        changed = record.update(organisation, values, verb="organisation.edit", **how)
        references.write(organisation, before, after, actor)
        if moved:
            remind_others([organisation], now)
    return changed


def remind_others(units: Collection[Organisation], now: datetime) -> None:
    """What nobody is accountable for reminds somebody else from now on, and not of steps of the past."""
    nobody = Q(accountable__isnull=True) | Q(accountable__is_active=False)
    led = led_by(units).filter(nobody)
    moving.lock_all(led)
    led.update(reminded_since=now)
    NextLook.objects.wake(led, now)


def led_by(units: Collection[Organisation]) -> QuerySet[Milestone]:
    """What is open of these and is reminded of."""
    return Milestone.objects.open().in_active_plans().filter(lead__id__any_of=[unit.pk for unit in units])


def _check(organisation: Organisation, values: Mapping[str, Any]) -> None:
    for name in SPEAKERS:
        person = values.get(name)
        if person is not None and not person.is_active:
            raise RuleBroken(
                _("This person is not active; choose another."),
                field=name,
                code="inactive",
            )
    above = values.get("parent")
    while above is not None:
        if above.pk == organisation.pk:
            raise RuleBroken(
                _("An organisation cannot stand below itself."),
                field="parent",
                code="cycle",
            )
        above = above.parent
    if _retires(organisation, values):
        _check_leads_nothing(organisation)


def _retires(organisation: Organisation, values: Mapping[str, Any]) -> bool:
    return values.get("is_active") is False and organisation.is_active


def _check_leads_nothing(organisation: Organisation) -> None:
    leading = Milestone.objects.open().in_active_plans().led_by(organisation).count()
    if leading:
        message = _("This organisation still leads %(count)s open milestones; give them to another first.")
        raise StateConflict(message % {"count": leading}, field="is_active", code="open_duties")
