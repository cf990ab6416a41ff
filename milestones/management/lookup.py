"""Which person, organisation, plan or milestone does a command mean?"""

from __future__ import annotations

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from milestones.models import Milestone, Organisation, Person, Plan


def person(email: str) -> Person:
    found = Person.objects.by_email(email).first()
    if found is None:
        raise CommandError(_("There is no person with the e-mail address “%(email)s”.") % {"email": email})
    return found


def organisation(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise CommandError(_("There is no organisation “%(code)s”.") % {"code": code})
    return found


def plan(code: str) -> Plan:
    found = Plan.objects.filter(code=code).first()
    if found is None:
        raise CommandError(_("There is no plan “%(code)s”.") % {"code": code})
    return found


def milestones(code: str) -> list[Milestone]:
    """All that `FIN-07` or `lingang-2023/FIN-07` can mean, oldest plan first."""
    plan_code, _slash, own = code.rpartition("/")
    found = Milestone.objects.filter(code=own).select_related("plan").order_by("plan__year", "plan__code")
    found = found.filter(plan__code=plan_code) if plan_code else found
    if not found:
        raise CommandError(_("There is no milestone “%(code)s”.") % {"code": code})
    return list(found)
