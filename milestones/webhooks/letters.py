"""Who is told that an endpoint was switched off?"""

from __future__ import annotations

from datetime import datetime

from milestones import access
from milestones.mail import catalogue
from milestones.models import OutgoingMail, Person, WebhookEndpoint


def of_switching_off(endpoint: WebhookEndpoint, why: str, now: datetime) -> list[OutgoingMail]:
    return [catalogue.webhook_off(person, endpoint, why=why, now=now) for person in readers(endpoint)]


def readers(endpoint: WebhookEndpoint) -> list[Person]:
    """The owner of its client, else whoever made it, else the office; never somebody who has left."""
    named = (endpoint.client.owner if endpoint.client else None, endpoint.created_by)
    found = next((person for person in named if person is not None and person.is_active), None)
    return [found] if found is not None else list(access.office())
