"""How does a link in a mail know whose it is, and when is it void?

A stored mail holds `…/do/ACTION/•••/`; when it is sent the dots become a token made from the row's id, the action and
the secret. So the outbox, previews and logs never show a usable link, while every attempt sends the same bytes.
A kind of mail has one action, and only an address of our own gets a token: what people write (a reason, a title) could
otherwise carry somebody's token to a server of theirs.
"""

from __future__ import annotations

import base64
import hmac
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from milestones.errors import DomainError
from milestones.models import MailKind, OutgoingMail

DOTS = "•••"
LIFE = {
    "mute": timedelta(days=14),
    "password": timedelta(days=14),
    "reset": timedelta(days=1),
}
OPENS = {MailKind.INVITATION: "password", MailKind.PASSWORD_RESET: "reset"}  # every other kind: mute
MAC_BYTES = 20


class LinkVoid(DomainError):
    """The link was mistyped, is too old, was used up, or its person is no longer active."""

    code = "link_void"
    message = _("This link is no longer valid.")


@dataclass(frozen=True)
class Link:
    action: str
    mail: OutgoingMail


def placeholder(action: str) -> str:
    """The absolute address that a template writes for `action`."""
    if action not in LIFE:
        raise ValueError(f"there is no link for {action!r}")
    return f"{settings.BASE_URL}/do/{action}/{DOTS}/"


def fill(text: str, mail: OutgoingMail) -> str:
    """`text` with each placeholder of the mail's action replaced by its token; the same row gives the same text."""
    action = action_of(mail)
    return _addresses(placeholder(action)).sub(f"{settings.BASE_URL}/do/{action}/{sign(mail, action)}/", text)


def action_of(mail: OutgoingMail) -> str:
    return OPENS.get(MailKind(mail.kind), "mute")


def sign(mail: OutgoingMail, action: str) -> str:
    raw = mail.pk.bytes + _mac(mail, action)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read(token: str, action: str, *, now: datetime) -> Link:
    """The link behind `token`; raises LinkVoid."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        mail = OutgoingMail.objects.select_related("recipient").get(pk=uuid.UUID(bytes=raw[:16]))
    except (ValueError, OutgoingMail.DoesNotExist) as error:
        raise LinkVoid from error
    if action != action_of(mail) or not hmac.compare_digest(raw[16:], _mac(mail, action)):
        raise LinkVoid
    if now > mail.created_at + LIFE[action] or mail.recipient is None or not mail.recipient.is_active:
        raise LinkVoid(_("This link has expired; ask the supervision office for a new one."))
    return Link(action, mail)


@lru_cache(maxsize=8)
def _addresses(placeholder: str) -> re.Pattern[str]:
    """The placeholder as an address of its own, not as a part of another's."""
    return re.compile(rf"(?<![^\s\"'<>]){re.escape(placeholder)}")


def _mac(mail: OutgoingMail, action: str) -> bytes:
    """A password link also hangs on the password it replaces: once one is set, the link is spent."""
    spent_by = mail.recipient.password if mail.recipient is not None and action in ("password", "reset") else ""
    text = f"{action}|{mail.pk.hex}|{mail.to}|{spent_by}".encode()
    return hmac.digest(
        sha256(b"lingang mail link" + settings.SECRET_KEY.encode()).digest(),
        text,
        sha256,
    )[:MAC_BYTES]
