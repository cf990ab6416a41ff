"""What does an endpoint of webhooks look like? Its secrets are no part of it."""

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
        "failing_since": instant("failing_since"),
        "previous_secret_until": instant("previous_until"),
        **reference("client", text("client__name")),
        **person("created_by"),
        **tail("webhook"),
    },
)
