"""What does the log of an endpoint say of a message and of its attempts?"""

from __future__ import annotations

from typing import Any

from milestones.changes import record
from milestones.models import WebhookAttempt, WebhookDelivery


def told(delivery: WebhookDelivery) -> dict[str, Any]:
    """As JSON has it. `id` is the `webhook-id`; `next_at` is null when nothing is going to be tried."""
    return {
        "id": str(delivery.pk),
        "type": delivery.type,
        "entity": delivery.entity or None,
        "object_id": record.plain(delivery.object_id),
        "seq": delivery.seq,
        "state": delivery.state,
        "created_at": record.plain(delivery.created_at),
        "next_at": record.plain(delivery.next_at),
        "attempts": [_attempt(row) for row in delivery.attempt_rows.all()],
    }


def _attempt(row: WebhookAttempt) -> dict[str, Any]:
    return {
        "number": row.number,
        "at": record.plain(row.at),
        "milliseconds": row.milliseconds,
        "status": row.status,
        "failure": row.failure or None,
        "said": row.said,
    }
