"""May mail leave, and how much of it a minute? The office pauses, lets it go on, and sets the caps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict
from milestones.models import MailGate, MailState, OutgoingMail

# In the place of a lease holder: a mail that waits for a later minute because its domain had its share. Raising or
# lifting a cap finds these, and only these.
HELD = "gate"


class Paused(StateConflict):
    code = "paused"
    message = _("Mail is paused already.")


class NotPaused(StateConflict):
    code = "not_paused"
    message = _("Mail is not paused.")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the gate says now; a cap that is None is none."""

    is_paused: bool = False
    per_minute: int | None = None
    per_domain: int | None = None

    @property
    def has_caps(self) -> bool:
        return self.per_minute is not None or self.per_domain is not None


OPEN = Rules()


def rules() -> Rules:
    """One small query; without a row all is open."""
    row = MailGate.objects.values_list("paused_at", "per_minute", "per_domain").first()
    return OPEN if row is None else Rules(row[0] is not None, *row[1:])


def pause(*, reason: str, actor: Actor, now: datetime, version: int | None = None) -> MailGate:
    """Nothing leaves until somebody resumes: no mail and no post, no invitation and no reset either. What is being
    handed over at this moment still arrives. Raises Paused, RuleBroken (no reason), Forbidden, Conflict."""
    access.require(actor, "mail.pause")
    if not reason.strip():
        raise RuleBroken(_("A reason is needed; say why in a sentence."), field="reason", code="reason_missing")
    gate = _present(version)
    if gate.paused_at is not None:
        raise Paused
    values = {"paused_at": now, "paused_by": actor.person, "pause_reason": reason.strip()}
    with record.writing(actor=actor, now=now):
        return _write(gate, values, "mail.pause", actor=actor, now=now, allowed={"paused_at__isnull": True})


def resume(*, actor: Actor, now: datetime, version: int | None = None) -> MailGate:
    """What waited leaves in its order, each asked again whether it still applies. Raises NotPaused, Forbidden."""
    access.require(actor, "mail.resume")
    gate = _present(version)
    if gate.paused_at is None:
        raise NotPaused
    values = {"paused_at": None, "paused_by": None, "pause_reason": ""}
    with record.writing(actor=actor, now=now):
        return _write(gate, values, "mail.resume", actor=actor, now=now, allowed={"paused_at__isnull": False})


def set_caps(
    *, per_minute: int | None, per_domain: int | None, actor: Actor, now: datetime, version: int | None = None
) -> MailGate:
    """How many mails leave a minute, in all and to one domain, from all workers together; None: as many as the server
    takes. What waits for its domain's turn is counted anew. Raises RuleBroken, Forbidden, Conflict."""
    access.require(actor, "mail.set_caps")
    values = {"per_minute": per_minute, "per_domain": per_domain}
    _check(values)
    gate = _present(version)
    with record.writing(actor=actor, now=now):
        written = _write(gate, values, "mail.set_caps", actor=actor, now=now)
        let_go()
    return written


def let_go() -> None:
    """Those that were given a later minute are due at once, the oldest first."""
    held = OutgoingMail.objects.waiting().filter(state__in=[MailState.QUEUED, MailState.RETRY], lease_holder=HELD)
    held.update(due_at=F("created_at"), lease_holder="")


def _check(values: Mapping[str, int | None]) -> None:
    for name, cap in values.items():
        if cap is not None and cap < 1:
            raise RuleBroken(_("A cap is at least 1; leave it empty for none, and pause to stop."), field=name)


def _present(version: int | None) -> MailGate:
    gate = MailGate.objects.select_related("paused_by").first() or MailGate()
    if not gate._state.adding:
        record.expect(gate, version)
    return gate


def _write(
    gate: MailGate, values: Mapping[str, Any], verb: str, *, actor: Actor, now: datetime, **how: Any
) -> MailGate:
    """The one row; the first verb that needs it makes it."""
    if not gate._state.adding:
        record.update(gate, values, verb=verb, actor=actor, now=now, **how)
        return gate
    for name, value in values.items():
        setattr(gate, name, value)
    return record.create(gate, verb=verb, actor=actor, now=now)
