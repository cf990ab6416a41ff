"""How does an installation without an office get its first account, and who is still to be invited?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils.translation import gettext_lazy as _

from milestones import access, links
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import StateConflict
from milestones.models import MailKind, MailState, OutgoingMail, Person, Role

from . import operations

# An invitation that is on its way or whose link still opens; a failed one reached nobody.
STANDING = (MailState.QUEUED, MailState.SENDING, MailState.RETRY, MailState.SENT)


def check_none_yet() -> None:
    """Raises StateConflict when somebody of the office can already sign in, or be invited."""
    there = access.office().first()
    if there is not None:
        words = _("There is an office account already: %(email)s. “invite %(email)s” sends a link to set a password.")
        raise StateConflict(words % {"email": there.email}, code="office_exists")


def create(email: str, display_name: str, password: str | None, *, now: datetime) -> Person:
    """The first account of the office; somebody whom a plan file brought is made one. Without a password: invited."""
    check_none_yet()
    actor = Actor.system()
    person = Person.objects.by_email(email).first()
    with record.writing(actor=actor, now=now):
        if person is None:
            values = {
                "email": email,
                "display_name": display_name,
                "language": settings.LANGUAGE_CODE,
                "time_zone": settings.TIME_ZONE,
            }
            person = operations.create(values, roles=[Role.OFFICE], password=password, actor=actor, now=now)
        else:
            operations.edit(person, {}, roles=[*person.roles, Role.OFFICE], actor=actor, now=now)
            if password is not None:
                operations.set_password(person, password, actor=actor, now=now)
        if password is None:
            operations.invite(person, actor=actor, now=now)
    return person


def without_password() -> list[Person]:
    """Active accounts with which nobody can sign in yet."""
    found = Person.objects.active().filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return list(found.order_by("email"))


def is_invited(person: Person, *, now: datetime) -> bool:
    """Whether an invitation is on its way, or one was sent whose link still opens."""
    since = now - timedelta(days=links.LIFE["password"].days)
    mails = OutgoingMail.objects.filter(kind=MailKind.INVITATION, recipient=person, created_at__gt=since)
    return mails.filter(state__in=STANDING).exists()
