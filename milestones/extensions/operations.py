"""How is a later date asked for, approved, declined or withdrawn?

One request of a milestone is open at a time. Approval moves `due`, never `baseline`, and reminders count anew from it.
A request that is open when its milestone is completed or cancelled ends with it (`milestones.planning.closing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones import access, reasons
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import Duplicate, RuleBroken, StateConflict
from milestones.models import Extension, ExtensionState, Milestone, OutgoingMail
from milestones.planning import moving
from milestones.planning.calendars import calendar
from milestones.planning.holding import hold
from milestones.planning.rules import check_plan_open
from milestones.workdays.periods import FuzzyDate

from . import letters, rules
from .rules import About, Asked

LEADS_TO = {
    "approve": ExtensionState.APPROVED,
    "decline": ExtensionState.DECLINED,
    "withdraw": ExtensionState.WITHDRAWN,
}


class AlreadyAsked(StateConflict):
    code = "already_asked"
    message = _("A request for this milestone is open already; withdraw it before another is made.")


class SamePerson(StateConflict):
    code = "same_person"
    message = _("Whoever asked for more time cannot decide on it; a second person must.")


def request(
    milestone: Milestone, *, due: FuzzyDate, reason: str, progress: int = 0, actor: Actor, now: datetime
) -> Extension:
    """Ask for a later date; whoever decides gets a mail. Marked `late` when the working deadline has passed.

    Raises RuleBroken (a field is at fault), Forbidden, StateConflict, AlreadyAsked, Conflict (two asked at once).
    """
    access.require(actor, "extension.request", milestone)
    here, asked = about(milestone, now), Asked(due, reason.strip(), progress)
    rules.check_request(asked, here)
    if milestone.extensions.open().exists():
        raise AlreadyAsked
    extension = _new(milestone, asked, here, actor, now)
    mails = letters.asked(extension, actor=actor, now=now)
    with record.writing(actor=actor, now=now):
        moving.reserve(milestone)
        _create(extension, actor, now)
        OutgoingMail.objects.bulk_create(mails)
    return extension


def approve(extension: Extension, *, note: str = "", actor: Actor, now: datetime, version: int | None = None) -> None:
    """The date asked for becomes the commitment. The note is the reason in the date history, which everybody reads."""
    milestone = extension.milestone
    values = _decision(extension, "approve", note, actor=actor, now=now, version=version)
    _check_second_person(extension, actor)
    rules.check_holds(extension.old, about(milestone, now))
    reason = note.strip() or reasons.coded("extension_approved")
    mails = letters.approved(extension, values, reason, actor=actor, now=now)
    with record.writing(actor=actor, now=now):
        moving.reserve(milestone)
        _settle(extension, values, "extension.approve", note, actor=actor, now=now)
        moving.move(milestone, {"due": extension.due}, verb="milestone.reschedule", actor=actor, now=now, reason=reason)
        OutgoingMail.objects.bulk_create(mails)


def decline(extension: Extension, *, note: str, actor: Actor, now: datetime, version: int | None = None) -> None:
    """The date stays; the note says why."""
    values = _decision(extension, "decline", note, actor=actor, now=now, version=version)
    _check_second_person(extension, actor)
    if not note.strip():
        raise RuleBroken(_("Say in a sentence why the date stays."), field="note", code="missing")
    _end(extension, values, "extension.decline", note, actor=actor, now=now)


def withdraw(extension: Extension, *, note: str = "", actor: Actor, now: datetime, version: int | None = None) -> None:
    """It is no longer asked for."""
    values = _decision(extension, "withdraw", note, actor=actor, now=now, version=version)
    _end(extension, values, "extension.withdraw", note, actor=actor, now=now)


def about(milestone: Milestone, now: datetime) -> About:
    plan = milestone.plan
    return About(plan.state, milestone.state, milestone.due, now.astimezone(plan.zone).date())


def _new(milestone: Milestone, asked: Asked, here: About, actor: Actor, now: datetime) -> Extension:
    """The office asks for somebody else (代填) unless the milestone is its own."""
    person, days = actor.person, calendar()
    return Extension(
        milestone=milestone,
        due_on=asked.due.on,
        due_precision=str(asked.due.precision),
        old_on=milestone.due_on,
        old_precision=milestone.due_precision,
        reason=asked.reason,
        progress=asked.progress,
        late=rules.is_late(milestone.due, here.today, days),
        requested_by=person,
        requested_client=actor.client,
        requested_at=now,
        on_behalf=person is not None and access.is_office(person) and milestone.accountable_id != person.pk,
        decide_by=rules.decide_by(here.today, days),
    )


def _create(extension: Extension, actor: Actor, now: datetime) -> None:
    try:
        record.create(extension, actor=actor, verb="extension.request", now=now)
    except Duplicate:
        asked = extension.milestone.extensions.open().first()
        raise record.conflict(asked, since=0) if asked else AlreadyAsked from None


def _decision(
    extension: Extension, verb: str, note: str, *, actor: Actor, now: datetime, version: int | None
) -> dict[str, Any]:
    """The columns of a decision on what is still open, by somebody who may take it."""
    record.expect(extension, version)
    access.require(actor, f"extension.{verb}", extension)
    check_plan_open(extension.milestone.plan)
    if extension.state != ExtensionState.REQUESTED:
        message = _("This request was %(state)s already.") % {"state": extension.get_state_display()}
        raise StateConflict(message)
    return {
        "state": LEADS_TO[verb],
        "note": note.strip(),
        "decided_by": actor.person,
        "decided_client": actor.client,
        "decided_at": now,
    }


def _check_second_person(extension: Extension, actor: Actor) -> None:
    """A person is told apart by the row, a client by its name; the system is nobody."""
    same_person = actor.person is not None and extension.requested_by_id == actor.person.pk
    if same_person or (actor.client and extension.requested_client == actor.client):
        raise SamePerson


def _end(extension: Extension, values: Mapping[str, Any], verb: str, note: str, *, actor: Actor, now: datetime) -> None:
    mails = letters.decided(extension, values, actor=actor, now=now)
    with record.writing(actor=actor, now=now):
        hold(extension.milestone.plan)
        _settle(extension, values, verb, note, actor=actor, now=now)
        OutgoingMail.objects.bulk_create(mails)


def _settle(
    extension: Extension, values: Mapping[str, Any], verb: str, note: str, *, actor: Actor, now: datetime
) -> None:
    allowed = {"state": ExtensionState.REQUESTED}
    record.update(extension, values, actor=actor, verb=verb, now=now, reason=note.strip(), allowed=allowed)
