"""How does an address come to be told of changes, change, get a new secret, and hear again what it missed?

The secret is shown by the verb that makes it, and never again; history does not know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict, check_known
from milestones.models import ApiClient, DeliveryState, WebhookDelivery, WebhookEndpoint
from milestones.people.webhooks import check_address

from . import events, signing
from .payloads import PING

EDITABLE = ("url", "events", "description")
OVERLAP = timedelta(hours=24)  # how long the secret before it signs beside a new one
MOST = 50  # endpoints of one client
BY_HAND = "by_hand"
OFF = gettext_lazy("This endpoint is switched off; enable it first.")


@dataclass(frozen=True)
class Issued:
    """`secret` is to be shown now, to whoever asked for it."""

    endpoint: WebhookEndpoint
    secret: str = field(repr=False)


def create(values: Mapping[str, Any], *, client: ApiClient | None = None, actor: Actor, now: datetime) -> Issued:
    """From now on it hears of what changes, as far as `client` sees it; None is the office's own, which sees all.

    Asks the name server. Raises RuleBroken when the address may not be called or an event is unknown.
    """
    return issue(draft(values, client=client, actor=actor), actor=actor, now=now)


def draft(values: Mapping[str, Any], *, client: ApiClient | None = None, actor: Actor) -> WebhookEndpoint:
    """All of `create` that is slow: checked, and not stored yet; `issue` does that."""
    check_known(values, EDITABLE)
    endpoint = WebhookEndpoint(client=client, created_by=actor.person)
    access.require(actor, "endpoint.create", endpoint)
    for name, value in _cleaned({"url": "", "events": [events.EVERYTHING], **values}).items():
        setattr(endpoint, name, value)
    return endpoint


def issue(endpoint: WebhookEndpoint, *, actor: Actor, now: datetime) -> Issued:
    if WebhookEndpoint.objects.filter(client=endpoint.client).count() >= MOST:
        raise RuleBroken(_("There are %(most)s endpoints already; delete one first.") % {"most": MOST}, code="too_many")
    endpoint.secret = signing.make_secret()
    with record.writing(actor=actor, now=now):
        record.create(endpoint, actor=actor, verb="endpoint.create", now=now)
    return Issued(endpoint, endpoint.secret)


def edit(
    endpoint: WebhookEndpoint, values: Mapping[str, Any], *, actor: Actor, now: datetime, version: int | None = None
) -> bool:
    """False when nothing differs. What waits goes to the new address, and new events count for what comes."""
    record.expect(endpoint, version)
    check_known(values, EDITABLE)
    access.require(actor, "endpoint.edit", endpoint)
    values = _cleaned(values)
    with record.writing(actor=actor, now=now):
        return record.update(endpoint, values, actor=actor, verb="endpoint.edit", now=now)


def delete(endpoint: WebhookEndpoint, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """With its log; what waits is told to nobody."""
    record.expect(endpoint, version)
    access.require(actor, "endpoint.delete", endpoint)
    with record.writing(actor=actor, now=now):
        record.delete(endpoint, actor=actor, verb="endpoint.delete", now=now)


def rotate_secret(
    endpoint: WebhookEndpoint,
    *,
    overlap: timedelta = OVERLAP,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Issued:
    """A new secret signs from now on; the present one beside it for `overlap`, so that no message is refused."""
    record.expect(endpoint, version)
    access.require(actor, "endpoint.rotate_secret", endpoint)
    secret, until = signing.make_secret(), now + max(overlap, timedelta())
    quietly = {"secret": secret, "previous_secret": endpoint.secret if until > now else ""}
    with record.writing(actor=actor, now=now):
        values = {"previous_until": until}
        if not record.update(
            endpoint, values, quietly=quietly, actor=actor, verb="endpoint.rotate_secret", now=now
        ):  # twice in one instant
            raise record.conflict(endpoint)
    return Issued(endpoint, secret)


def disable(endpoint: WebhookEndpoint, *, actor: Actor, now: datetime, version: int | None = None) -> bool:
    """It hears nothing of what changes meanwhile; what waits is held. False when it is switched off already."""
    record.expect(endpoint, version)
    access.require(actor, "endpoint.disable", endpoint)
    if not endpoint.is_active:
        return False
    with record.writing(actor=actor, now=now):
        return switch_off(endpoint, BY_HAND, actor=actor, now=now)


def switch_off(endpoint: WebhookEndpoint, why: str, *, actor: Actor, now: datetime) -> bool:
    """In the caller's transaction."""
    values = {"is_active": False, "disabled_why": why}
    done = record.update(endpoint, values, actor=actor, verb="endpoint.disable", now=now, allowed={"is_active": True})
    endpoint.deliveries.filter(state=DeliveryState.WAITING).update(next_at=None)
    return done


def enable(endpoint: WebhookEndpoint, *, actor: Actor, now: datetime, version: int | None = None) -> bool:
    """What was held goes out; what changed meanwhile is in the feed of changes. False when it is on already."""
    record.expect(endpoint, version)
    access.require(actor, "endpoint.enable", endpoint)
    if endpoint.is_active:
        return False
    how: dict[str, Any] = {"quietly": {"failing_since": None}, "allowed": {"is_active": False}}
    values = {"is_active": True, "disabled_why": ""}
    with record.writing(actor=actor, now=now):
        record.update(endpoint, values, actor=actor, verb="endpoint.enable", now=now, **how)
        endpoint.deliveries.filter(state=DeliveryState.WAITING, next_at=None).update(next_at=now)
    return True


def ping(endpoint: WebhookEndpoint, *, actor: Actor, now: datetime) -> WebhookDelivery:
    """A message that says nothing, to see whether it arrives: the one that still waits, if there is one. It is
    in the log and not in history."""
    access.require(actor, "endpoint.ping", endpoint)
    _check_on(endpoint)
    waiting = endpoint.deliveries.filter(type=PING, state=DeliveryState.WAITING, attempts=0).first()
    return waiting or endpoint.deliveries.create(type=PING, created_at=now, next_at=now)


def replay(delivery: WebhookDelivery, *, actor: Actor, now: datetime) -> None:
    """Send it again now, with the same id. Raises StateConflict while it is being sent."""
    access.require(actor, "endpoint.replay", delivery.endpoint)
    _check_on(delivery.endpoint)
    settled = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(state=DeliveryState.SENDING)
    if not settled.update(state=DeliveryState.WAITING, attempts=0, next_at=now, lease_until=None):
        raise StateConflict(_("It is being sent just now; look again in a minute."), code="sending")
    delivery.refresh_from_db()


def replay_failed(endpoint: WebhookEndpoint, *, since: datetime, actor: Actor, now: datetime) -> int:
    """Send all again that was given up and was made since then; how many."""
    access.require(actor, "endpoint.replay", endpoint)
    _check_on(endpoint)
    failed = endpoint.deliveries.filter(state=DeliveryState.FAILED, created_at__gte=since)
    with transaction.atomic():
        return failed.update(state=DeliveryState.WAITING, attempts=0, next_at=now)


def _check_on(endpoint: WebhookEndpoint) -> None:
    if not endpoint.is_active:
        raise StateConflict(OFF, code="inactive")


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(values)
    if "events" in found:
        found["events"] = events.cleaned(found["events"])
    if "description" in found:
        found["description"] = found["description"].strip()
    if "url" in found:
        found["url"] = found["url"].strip()
        check_address(found["url"])
    return found
