"""What does an endpoint of webhooks look like? Its secrets are no part of it, nor is whether it takes what it is sent:
that changes with no version of its own, and stands in the log of its deliveries.
"""

from __future__ import annotations

from milestones.models import WebhookEndpoint

from .base import Shape
from .fields import boolean, document, head, instant, person, reference, tail, text

WEBHOOK = Shape(
    "webhook",
    WebhookEndpoint,
    {
        **head(),
        "url": text("url"),
        "events": document("events"),
        "description": text("description"),
        "active": boolean("is_active"),
        "disabled_why": text("disabled_why"),
        "previous_secret_until": instant("previous_until"),
        **reference("client", text("client__name")),
        **person("created_by"),
        **tail("webhook"),
    },
)
