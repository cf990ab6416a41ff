"""Which client does a token open the door to, and what is a token?

`lgx_` says what it is to whoever scans texts for secrets; eight characters tell tokens apart and are shown; the rest is
random, so a plain SHA-256 of the whole is kept: there is nothing to guess that a slow hash would protect.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import string
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones.actors import Actor, Reach
from milestones.errors import DomainError, RuleBroken
from milestones.models import ApiClient, ApiToken, Via
from milestones.models.prepared import Prepared, Slot

from . import beside

BEGINNING = "lgx_"
SHOWN, HIDDEN = 8, 43  # characters; 43 of 62 are 256 bits
WRITTEN = re.compile(rf"{BEGINNING}[0-9A-Za-z]{{{SHOWN}}}_[0-9A-Za-z]{{{HIDDEN}}}")
USED_EVERY = timedelta(minutes=1)
_TOKEN = Prepared(lambda: ApiToken.objects.select_related("client").filter(digest=Slot("digest")).order_by())


@dataclass(frozen=True)
class Found:
    client: ApiClient
    actor: Actor


class NotLetIn(DomainError):
    """`client` is whose token it is, None when nobody's."""

    client: UUID | None = None

    def of(self, row: ApiToken) -> NotLetIn:
        self.client = row.client_id
        return self


class TokenRefused(NotLetIn):
    """The token opens nothing: `code` is token_unknown, token_revoked, token_expired or client_inactive."""

    code = "token_unknown"
    message = _("This token is not known; copy it once more, or ask the office for another.")


class WrongNetwork(NotLetIn):
    """The token is good, but not from this address."""

    code = "network"
    message = _("This client may not call from this address; the office keeps the list of its networks.")


def make() -> str:
    return f"{BEGINNING}{_random(SHOWN)}_{_random(HIDDEN)}"


def prefix(token: str) -> str:
    return token[: len(BEGINNING) + SHOWN]


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def end_of(day: date) -> datetime:
    """The moment at which a token ends whose last day this is. Raises RuleBroken beyond the calendar."""
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    except OverflowError:
        message = _("No token lasts that long; name an earlier day.")
        raise RuleBroken(message, field="expires_at") from None


def find(token: str, *, now: datetime, address: str) -> Found:
    """The client whose token this is, and who it acts as; one query. Notes the use, at most once a minute.

    `address` is where the call comes from. Raises TokenRefused or WrongNetwork.
    """
    if WRITTEN.fullmatch(token) is None:
        raise TokenRefused
    row = _TOKEN.first(digest=digest(token))
    _check(row, now)
    assert row is not None
    if not allows(row.client, address):
        raise WrongNetwork().of(row)
    _note_use(row, now)
    return Found(row.client, acting(row.client, now))


def acting(client: ApiClient, now: datetime) -> Actor:
    """Who the client is to the verbs."""
    reach = Reach(_ids(client.plans), _ids(client.organisations))
    day = timezone.localdate(now)
    return Actor(None, Via.API, client=client.name, scopes=frozenset(client.scopes), reach=reach, day=day)


def allows(client: ApiClient, address: str) -> bool:
    """Whether it may call from there. An IPv4 address in IPv6's clothes is what it is; an unreadable one is nowhere."""
    if not client.networks:
        return True
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    place = getattr(place, "ipv4_mapped", None) or place
    return any(place in ipaddress.ip_network(network) for network in client.networks)


def _check(row: ApiToken | None, now: datetime) -> None:
    if row is None:
        raise TokenRefused
    if row.revoked_at is not None:
        raise TokenRefused(_("This token was revoked; ask the office for another."), code="token_revoked").of(row)
    if row.expires_at is not None and row.expires_at <= now:
        raise TokenRefused(_("This token has expired; ask the office for another."), code="token_expired").of(row)
    if not row.client.is_active:
        raise TokenRefused(_("This client is switched off; ask the office."), code="client_inactive").of(row)


def _note_use(row: ApiToken, now: datetime) -> None:
    if row.last_used_at is not None and row.last_used_at > now - USED_EVERY:
        return
    older = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USED_EVERY)
    beside.write(lambda: ApiToken.objects.filter(older, pk=row.pk).update(last_used_at=now))


def _ids(stored: list[str] | None) -> frozenset[UUID] | None:
    return None if stored is None else frozenset(UUID(one) for one in stored)


def _random(length: int) -> str:
    return "".join(secrets.choice(string.digits + string.ascii_letters) for _each in range(length))
