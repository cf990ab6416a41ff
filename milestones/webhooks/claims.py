"""How does one worker take messages so that no other sends them, and one receiver holds up no other?

An endpoint is served by one worker at a time, a few messages in the order of their changes. A lease ends the claim of a
worker that is gone; its end is also what tells whose a row is: who claims later has a later one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from milestones.models import DeliveryState, WebhookDelivery, WebhookEndpoint

from .fan_out import hearing

FEW = 20
LEASE = timedelta(seconds=120)  # outlasts one call with a slow name server; what is left of a line goes back before
OPEN = (DeliveryState.WAITING, DeliveryState.SENDING)


@dataclass(slots=True)
class Line:
    """An endpoint and what goes to it, the first one first."""

    endpoint: WebhookEndpoint
    rest: list[WebhookDelivery]
    until: datetime


def claim(most: int, now: datetime, *, but: Collection[Any] = ()) -> list[Line]:
    """At most so many endpoints that have something due, with their next messages; none of `but`.

    Those that failed last come last, the longest waiting first.
    """
    due = _due(now).filter(endpoint=OuterRef("pk"))
    waiting = hearing(WebhookEndpoint.objects.all()).filter(Exists(due), ~_busy(now)).exclude(pk__in=but)
    oldest = Subquery(due.order_by("next_at").values("next_at")[:1])
    keys = waiting.annotate(oldest=oldest).order_by(F("failing_since").asc(nulls_first=True), "oldest")
    lines = (_line(pk, now) for pk in list(keys.values_list("pk", flat=True)[:most]))
    return [line for line in lines if line is not None]


def put_back(line: Line) -> None:
    """What was not tried stands again where it stood."""
    for delivery in line.rest:
        mine(delivery).update(state=DeliveryState.WAITING, next_at=delivery.next_at, lease_until=None)
    line.rest = []


def mine(delivery: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    """The row, as long as this claim holds."""
    return WebhookDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, lease_until=delivery.lease_until)


def _line(pk: Any, now: datetime) -> Line | None:
    """None when another worker was faster, or the endpoint has just been switched off."""
    with transaction.atomic():
        rows = hearing(WebhookEndpoint.objects.all()).filter(~_busy(now), pk=pk)
        endpoint = rows.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
        # Asked again under the lock: the first answer may be older than the other's claim.
        if endpoint is None or not WebhookEndpoint.objects.filter(~_busy(now), pk=pk).exists():
            return None
        order = (F("seq").asc(nulls_first=True), "created_at")
        found: Sequence[WebhookDelivery] = list(_due(now).filter(endpoint=endpoint).order_by(*order)[:FEW])
        until = now + LEASE
        taken = WebhookDelivery.objects.filter(pk__in=[delivery.pk for delivery in found], state__in=OPEN)
        taken.update(state=DeliveryState.SENDING, lease_until=until, next_at=until)
    for delivery in found:
        delivery.endpoint, delivery.lease_until = endpoint, until
    return Line(endpoint, list(found), until) if found else None


def _due(now: datetime) -> QuerySet[WebhookDelivery]:
    """Of what is being sent, those whose lease ran out: `next_at` is its end."""
    return WebhookDelivery.objects.filter(state__in=OPEN, next_at__lte=now)


def _busy(now: datetime) -> Exists:
    sending = WebhookDelivery.objects.filter(endpoint=OuterRef("pk"), state=DeliveryState.SENDING)
    return Exists(sending.filter(lease_until__gt=now))
