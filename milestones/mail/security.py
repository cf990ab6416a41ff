"""What is a person told about the ways into their account, so that somebody else's step does not stay unseen?

Such a mail opens nothing: no token stands in it, and nobody can mute it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from milestones.models import MailKind, OutgoingMail, Person

from .render import letter


def security(
    person: Person,
    what: str,
    *,
    method: str = "",
    by: Person | None = None,
    address: str = "",
    agent: str = "",
    now: datetime,
) -> OutgoingMail:
    """`what` is a Happening that changed how the account is opened, or `code_used`; `by` of the office did it."""
    context = {"what": str(what), "method": method, "by": by, "address": address, "agent": agent}
    return _letter(person, context, now)


def moved(person: Person, new: str, *, now: datetime) -> list[OutgoingMail]:
    """The account's address becomes `new`: told there, and at the old one, whose reader may not have wanted it."""
    context = {"what": "address", "method": "", "by": None, "address": "", "agent": "", "old": person.email, "new": new}
    mails = [_letter(person, context, now), _letter(person, context, now)]
    mails[1].to = new
    return mails


def _letter(person: Person, context: Mapping[str, Any], now: datetime) -> OutgoingMail:
    at = now.astimezone(person.zone)
    around = {"old": "", "new": "", "at": f"{at:%Y-%m-%d %H:%M}", "url": f"{settings.BASE_URL}/me/security/"}
    return letter(MailKind.SECURITY, person, {**around, **context}, now=now)
