"""How is it written down what became of an attempt, for the message and for its endpoint, in one commit?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from milestones.actors import Actor
from milestones.calling import wait
from milestones.changes import record
from milestones.errors import Conflict
from milestones.models import DeliveryState, OutgoingMail, WebhookAttempt, WebhookDelivery, WebhookEndpoint

from . import letters, operations, retries
from .calls import Result
from .claims import mine
from .payloads import PING

log = structlog.get_logger(__name__)

GONE, FAILING = "gone", "failing"
HTTP_GONE = 410
TRIES = 3  # somebody may be editing the endpoint that is to be switched off


def taken(delivery: WebhookDelivery, result: Result, at: datetime, now: datetime) -> bool:
    """It arrived; False when the claim was lost meanwhile."""
    with transaction.atomic():
        values = {"state": DeliveryState.SENT, "next_at": None, "lease_until": None}
        if not mine(delivery).update(attempts=delivery.attempts + 1, **values):
            return False
        _note(delivery, result, at)
        WebhookEndpoint.objects.filter(pk=delivery.endpoint_id, failing_since__isnull=False).update(failing_since=None)
    return True


def refused(delivery: WebhookDelivery, result: Result, at: datetime, now: datetime) -> bool:
    """It did not arrive: to be tried again, held, or given up; the endpoint is switched off when it says that it is
    gone, or has taken nothing for days. False when the claim was lost meanwhile."""
    for _try in range(TRIES):
        endpoint = WebhookEndpoint.objects.select_related("client__owner", "created_by").get(pk=delivery.endpoint_id)
        why = _why_off(endpoint, result, now)
        mails = letters.of_switching_off(endpoint, why, now) if why else []
        try:
            return _refused(delivery, result, at, now, endpoint, why, mails)
        except Conflict:
            log.info("webhook_edited_meanwhile", endpoint=str(endpoint.pk))
    return _refused(delivery, result, at, now, endpoint, "", [])


def _refused(
    delivery: WebhookDelivery,
    result: Result,
    at: datetime,
    now: datetime,
    endpoint: WebhookEndpoint,
    why: str,
    mails: list[OutgoingMail],
) -> bool:
    system = Actor.system()
    with record.writing(actor=system, now=now):
        if not mine(delivery).update(
            attempts=delivery.attempts + 1, lease_until=None, **_next(delivery, result, at, now)
        ):
            return False
        _note(delivery, result, at)
        if delivery.type != PING:
            WebhookEndpoint.objects.filter(pk=endpoint.pk, failing_since=None).update(failing_since=at)
        if why:
            operations.switch_off(endpoint, why, actor=system, now=now)
            OutgoingMail.objects.bulk_create(mails)
            log.warning("webhook_switched_off", endpoint=str(endpoint.pk), why=why)
    return True


def _next(delivery: WebhookDelivery, result: Result, at: datetime, now: datetime) -> dict[str, Any]:
    """A receiver that is gone has not refused this message: it waits with the others."""
    if result.status != HTTP_GONE and retries.is_over(delivery, _began(delivery, at), now):
        return {"state": DeliveryState.FAILED, "next_at": None}
    asked = wait(result.retry_after, now) if result.retry_after else timedelta()
    return {"state": DeliveryState.WAITING, "next_at": now + retries.pause(delivery.attempts + 1, asked)}


def _why_off(endpoint: WebhookEndpoint, result: Result, now: datetime) -> str:
    if not endpoint.is_active:
        return ""
    if result.status == HTTP_GONE:
        return GONE
    since = endpoint.failing_since
    return FAILING if since is not None and now - since >= retries.PATIENCE else ""


def _began(delivery: WebhookDelivery, at: datetime) -> datetime:
    """When the first attempt was made since it was made, or was last sent again."""
    if not delivery.attempts:
        return at
    rows = delivery.attempt_rows.order_by("-number").values_list("at", flat=True)[: delivery.attempts]
    return min(rows, default=at)


def _note(delivery: WebhookDelivery, result: Result, at: datetime) -> None:
    last = delivery.attempt_rows.order_by("-number").values_list("number", flat=True).first() or 0
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=last + 1,
        at=at,
        milliseconds=result.milliseconds,
        status=result.status,
        failure=result.failure,
        said=result.said,
    )
