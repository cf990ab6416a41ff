"""Do messages to webhooks leave, of organisations and of other systems? One worker does both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q

from milestones.models import Channel, DeliveryState, OutgoingMail, WebhookDelivery

POSTS, MESSAGES = "delivery:webhook", "webhooks"  # heartbeats


@dataclass(frozen=True)
class Telling:
    """`last` is when the job last did its work, `waiting_since` the due moment of what should have left first."""

    last: datetime | None
    waiting_since: datetime | None


def look(beats: Mapping[str, datetime], now: datetime) -> tuple[Telling, ...]:
    return Telling(beats.get(MESSAGES), _message(now)), Telling(beats.get(POSTS), _post(now))


def _message(now: datetime) -> datetime | None:
    """What waits for somebody who is switched off waits for nobody here."""
    heard = Q(endpoint__client=None) | Q(endpoint__client__is_active=True)
    rows = WebhookDelivery.objects.filter(state__in=(DeliveryState.WAITING, DeliveryState.SENDING))
    return rows.filter(heard, endpoint__is_active=True, next_at__lt=now).aggregate(at=Min("next_at"))["at"]


def _post(now: datetime) -> datetime | None:
    rows = OutgoingMail.objects.filter(channel=Channel.WEBHOOK).waiting()
    return rows.filter(due_at__lt=now).aggregate(at=Min("due_at"))["at"]
