"""How does a link in a mail know whose it is and what it is about, and when is it void?

A stored mail holds `…/do/ACTION/•••/`, or `…/do/ACTION/•••SUBJECT/` when it is about a milestone or a notice, by id;
when it is sent, dots and subject become a token made from the row's id, the action, the subject and the secret. So the
outbox, previews and logs never show a usable link, while every attempt sends the same bytes.
A kind of mail has its actions, and only an address of our own gets a token: what people write (a reason, a title) could
otherwise carry somebody's token to a server of theirs.
"""

from __future__ import annotations

import base64
import hmac
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from milestones.errors import DomainError
from milestones.models import LinkUse, MailKind, OutgoingMail

DOTS = "•••"
LIFE = {
    "sign": timedelta(days=14),
    "report": timedelta(days=14),
    "extension": timedelta(days=14),
    "mute": timedelta(days=14),
    "password": timedelta(days=14),
    "reset": timedelta(days=1),
}
ABOUT = ("sign", "report", "extension")  # a milestone or a notice; these are spent by their use
REMINDING = ("report", "extension", "sign", "mute")
OPENS: Mapping[str, tuple[str, ...]] = {
    MailKind.DIGEST: REMINDING,
    MailKind.DUE_TODAY: REMINDING,
    MailKind.SINGLE: REMINDING,
    MailKind.REPORT_DUE: ("report", "extension", "mute"),
    MailKind.DUTIES: ("report", "extension", "mute"),
    MailKind.NOTICE: ("sign",),
    MailKind.INVITATION: ("password",),
    MailKind.PASSWORD_RESET: ("reset",),
    MailKind.SECURITY: (),
}
USUAL = ("mute",)  # what every other kind opens
ID_BYTES, MAC_BYTES = 16, 20
ALONE = " \t\r\n\"'<>"  # what an address that stands by itself is preceded by


class LinkVoid(DomainError):
    """The link was mistyped, is too old, or what it was for is no longer open to its person."""

    code = "link_void"
    message = _("This link is no longer valid.")


class LinkUsed(LinkVoid):
    """It did what it was for; `at` is when."""

    code = "link_used"
    message = _("This link was used already.")

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at


@dataclass(frozen=True)
class Link:
    """`subject` is the id of the milestone or notice that it is about; None where it is about neither."""

    action: str
    mail: OutgoingMail
    subject: uuid.UUID | None = None


def placeholder(action: str, subject: uuid.UUID | None = None) -> str:
    """The absolute address that a template writes for `action`."""
    if action not in LIFE or (subject is None) is (action in ABOUT):
        raise ValueError(f"there is no link for {action!r} about {subject!r}")
    return f"{settings.BASE_URL}/do/{action}/{DOTS}{subject.hex if subject else ''}/"


def fill(text: str, mail: OutgoingMail) -> str:
    """`text` with each placeholder of the mail's actions replaced by its token; the same row gives the same text."""
    return Filler(mail).fill(text)


class Filler:
    """`fill` for the parts of one mail: a token that stands in several is made once."""

    def __init__(self, mail: OutgoingMail) -> None:
        self._mail, self._base, self._opened = mail, settings.BASE_URL, actions_of(mail)
        self._made: dict[str, str] = {}

    def fill(self, text: str) -> str:
        if DOTS not in text:
            return text

        def signed(found: re.Match[str]) -> str:
            before = found.start() - 1
            return self._signed(found) if before < 0 or text[before] in ALONE else found.group()

        return _addresses(self._base).sub(signed, text)

    def _signed(self, found: re.Match[str]) -> str:
        placed = found.group()
        made = self._made.get(placed)
        if made is None:
            made = self._made[placed] = self._address(*found.groups()) or placed
        return made

    def _address(self, action: str, subject: str | None) -> str:
        """Empty when the mail does not open this."""
        if action not in self._opened or bool(subject) is not (action in ABOUT):
            return ""
        return f"{self._base}/do/{action}/{_token(self._mail, action, bytes.fromhex(subject or ''))}/"


def actions_of(mail: OutgoingMail) -> tuple[str, ...]:
    return OPENS.get(mail.kind, USUAL)


def sign(mail: OutgoingMail, action: str, subject: uuid.UUID | None = None) -> str:
    return _token(mail, action, subject.bytes if subject else b"")


def read(token: str, action: str, *, now: datetime) -> Link:
    """The link behind `token`; raises LinkVoid. Whether it was used is asked of `check_unused`."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        mail = OutgoingMail.objects.select_related("recipient").get(pk=uuid.UUID(bytes=raw[:ID_BYTES]))
    except (ValueError, OutgoingMail.DoesNotExist) as error:
        raise LinkVoid from error
    subject, mac = raw[ID_BYTES:-MAC_BYTES], raw[-MAC_BYTES:]
    if action not in actions_of(mail) or len(subject) != (ID_BYTES if action in ABOUT else 0) or _text(raw) != token:
        raise LinkVoid
    if not hmac.compare_digest(mac, _mac(mail, action, subject)):
        raise LinkVoid
    if now > mail.created_at + LIFE[action]:
        raise LinkVoid(_("This link has expired."))
    if mail.recipient is None or not mail.recipient.is_active:
        raise LinkVoid(_("The account that this mail went to is no longer active."))
    if action != "mute" and mail.to.lower() != mail.recipient.email.lower():
        raise LinkVoid(_("The address that this mail went to is no longer that of the account."))
    return Link(action, mail, uuid.UUID(bytes=subject) if subject else None)


def check_unused(link: Link) -> None:
    used_at = LinkUse.objects.filter(**_key_of(link)).values_list("used_at", flat=True).first()
    if used_at is not None:
        raise LinkUsed(used_at)


def spend(link: Link, now: datetime) -> None:
    """In the transaction of what it does, as the last of it; raises LinkUsed when another was first."""
    try:
        with transaction.atomic():
            LinkUse.objects.create(**_key_of(link), used_at=now)
    except IntegrityError:
        check_unused(link)
        raise


def _key_of(link: Link) -> dict[str, object]:
    return {"mail": link.mail, "action": link.action, "subject": link.subject or link.mail.pk}


def _token(mail: OutgoingMail, action: str, subject: bytes) -> str:
    return _text(mail.pk.bytes + subject + _mac(mail, action, subject))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _mac(mail: OutgoingMail, action: str, subject: bytes) -> bytes:
    """A password link also hangs on the password it replaces: once one is set, the link is spent."""
    spent_by = mail.recipient.password if mail.recipient is not None and action in ("password", "reset") else ""
    text = f"{action}|{mail.pk.hex}|{subject.hex()}|{mail.to}|{mail.recipient_id}|{spent_by}"
    return hmac.digest(_key(settings.SECRET_KEY), text.encode(), "sha256")[:MAC_BYTES]


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return sha256(b"lingang mail link" + secret.encode()).digest()


@lru_cache(maxsize=2)
def _addresses(base: str) -> re.Pattern[str]:
    """Every placeholder. It begins with plain letters, which the engine looks for quickly; what stands before the
    address is asked of the few that are found."""
    return re.compile(rf"{re.escape(base)}/do/({'|'.join(LIFE)})/{DOTS}([0-9a-f]{{32}})?/")
