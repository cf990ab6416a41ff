"""How does somebody come in whom no invitation reaches? With a password that works until they choose their own."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import StateConflict
from milestones.models import FirstPassword, Happening, Person

from . import sign_ins
from .operations import OfficeAccount

# Read out over a telephone: no letter or figure that is taken for another. 12 of 31 are 59 bits, behind the limits.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LENGTH = 3, 4


def give(person: Person, *, actor: Actor, now: datetime, version: int | None = None) -> str:
    """The password, this once; whoever signs in with it chooses another before anything else.

    Raises StateConflict (not active), Forbidden, Conflict.
    """
    record.expect(person, version)
    access.require(actor, "person.give_password", person)
    if not access.may_admit(actor, person.roles):
        raise OfficeAccount
    if not person.is_active:
        raise StateConflict(_("This person is not active; reactivate the account first."), code="inactive")
    password = "-".join("".join(secrets.choice(LETTERS) for _n in range(LENGTH)) for _group in range(GROUPS))
    hashed = make_password(password)
    with record.writing(actor=actor, now=now):
        record.update(person, {"password": hashed}, actor=actor, verb="person.give_password", now=now)
        FirstPassword.objects.update_or_create(person=person, defaults={"given_at": now})
        sign_ins.note(Happening.PASSWORD_GIVEN, now=now, person=person, method="office", done_by=actor.person)
    return password
