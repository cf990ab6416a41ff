"""Who hears, once, that a client has fallen silent?"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from milestones import access
from milestones.mail import catalogue
from milestones.models import ApiClient, ClientActivity, OutgoingMail, Person

from . import activity
from .activity import Health


def watch(now: datetime) -> int:
    """One mail for each silence of a client that promised to come, to its owner, else to the office; how many clients
    were told of. A pull ends the silence. Safe to run twice, and at once."""
    return sum(_tell(one, now) for one in activity.silent(now) if one.told_at is None)


def recipients(client: ApiClient) -> list[Person]:
    owner = client.owner
    return [owner] if owner is not None and owner.is_active else list(access.office())


def _tell(health: Health, now: datetime) -> bool:
    mails = [_letter(person, health, now) for person in recipients(health.client)]
    rows = ClientActivity.objects.filter(pk=health.client.pk)
    with transaction.atomic():
        ClientActivity.objects.bulk_create([ClientActivity(client=health.client)], ignore_conflicts=True)
        silent = rows.filter(silent_told_at__isnull=True, last_pull_at=health.last_pull_at)
        if not silent.update(silent_told_at=now):
            return False  # it has just come back, or somebody else told
        OutgoingMail.objects.bulk_create(mails)
    return True


def _letter(person: Person, health: Health, now: datetime) -> OutgoingMail:
    return catalogue.client_silent(
        person,
        health.client,
        last_pull=health.last_pull_at,
        behind=health.behind or 0,
        errors=health.errors,
        now=now,
    )
