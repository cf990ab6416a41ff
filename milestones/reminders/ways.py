"""By which way does a row of the outbox leave: what is handed over, to whom, and by which transport?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from milestones.mail import message
from milestones.mail.transport import Transport, opened
from milestones.mail.webhook import Webhook
from milestones.models import Channel, OutgoingMail

from . import posts

MAIL = str(Channel.MAIL)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a transport is given of a mail."""

    sender: str
    to: str
    content: bytes


# UnicodeError or ValueError when the row itself is at fault: it alone fails, with that as its reason.
Packed = Callable[[OutgoingMail], Parcel]


@dataclass(frozen=True, slots=True)
class Way:
    transport: Transport
    packed: Packed


def way(channel: str) -> Way:
    """A way of its own for one run; whoever asked for it closes its transport."""
    return WAYS[channel]()


def _mail() -> Way:
    hostname = urlsplit(settings.BASE_URL).hostname or ""
    return Way(opened(settings.MAIL_TRANSPORT, hostname=hostname), _letter)


def _letter(mail: OutgoingMail) -> Parcel:
    return Parcel(message.envelope_sender(), mail.to, message.build(mail))


def _webhook() -> Way:
    return Way(Webhook(settings.WEBHOOK_ALLOWED_NETWORKS), _post)


def _post(mail: OutgoingMail) -> Parcel:
    address, body = posts.packed(mail)
    return Parcel("", address, body)


WAYS: Mapping[str, Callable[[], Way]] = {MAIL: _mail, str(Channel.WEBHOOK): _webhook}
