"""Whose browser is this?"""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from milestones.models import Person
from milestones.web import idle

BACKEND = "milestones.people.sign_in.Backend"


def browser(person: Person | None) -> Client:
    """Signed in a moment ago, as far as idling goes; None: nobody."""
    client = Client()
    if person is not None:
        client.force_login(person, backend=BACKEND)
        session = client.session
        session[idle.KEY] = timezone.now().timestamp()
        session.save()
    return client
