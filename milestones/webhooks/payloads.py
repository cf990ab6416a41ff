"""What does a message say? Which object changed; what it has become is read from the API."""

from __future__ import annotations

from typing import Any

import orjson

from milestones.changes import record
from milestones.models import Op, WebhookDelivery

PING = "ping"
WORDS = {Op.CREATE: "created", Op.UPDATE: "updated", Op.DELETE: "deleted"}


def body(delivery: WebhookDelivery) -> bytes:
    """The same bytes at every attempt. `timestamp` is when the change was taken up, not when it was made."""
    told: dict[str, Any] = {"type": delivery.type, "timestamp": record.plain(delivery.created_at)}
    if delivery.type != PING:
        told |= {"entity": delivery.entity, "id": str(delivery.object_id), "seq": delivery.seq}
    return orjson.dumps(told)
