"""Which roles sign in with a second factor, and what if somebody lost theirs?"""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict
from milestones.models import Happening, Person, Role, SecondFactorDemand

from . import sign_ins
from .operations import OfficeAccount


class NoFactor(StateConflict):
    code = "no_second_factor"
    message = _("This person has no second factor.")


def demand(role: str, *, actor: Actor, now: datetime) -> SecondFactorDemand:
    """From now on whoever has this role sets up a second factor before anything else, signed in or not.

    Raises RuleBroken (no such role), Duplicate (demanded already), Forbidden.
    """
    access.require(actor, "second_factor.demand")
    if role not in Role.values:
        raise RuleBroken(_("There is no such role; choose from the list."), field="role", code="choice")
    with record.writing(actor=actor, now=now):
        return record.create(SecondFactorDemand(role=role), actor=actor, verb="second_factor.demand", now=now)


def waive(asked: SecondFactorDemand, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Back to a free choice; the second factors that people have stay in use."""
    record.expect(asked, version)
    access.require(actor, "second_factor.waive", asked)
    with record.writing(actor=actor, now=now):
        record.delete(asked, actor=actor, verb="second_factor.waive", now=now)


def take_away(person: Person, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """For somebody who lost the telephone and the recovery codes: the password alone opens the account again. Who has
    a second factor is no part of the person's history; the sign-ins tell who took it away, and when.

    Raises NoFactor, Forbidden, Conflict.
    """
    record.expect(person, version)
    access.require(actor, "person.take_second_factor", person)
    if not access.may_admit(actor, person.roles):
        raise OfficeAccount
    if not Authenticator.objects.filter(user=person).exists():
        raise NoFactor
    with record.writing(actor=actor, now=now):
        Authenticator.objects.filter(user=person).delete()
        sign_ins.note(Happening.FACTOR_REMOVED, now=now, person=person, method="office", done_by=actor.person)
