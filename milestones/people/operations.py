"""How does a person come to have an account, change, receive roles and leave?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import Duplicate, Forbidden, RuleBroken, StateConflict, check_known
from milestones.mail import catalogue, security
from milestones.models import (
    FirstPassword,
    Milestone,
    NextLook,
    OutgoingMail,
    Person,
    Role,
    RoleGrant,
    normal_email,
)
from milestones.planning import references
from milestones.planning.staying import hold_leaving

from . import bouncing, preferences, privacy
from .organisations import remind_others

EDITABLE = ("display_name", "email", "organisation", *preferences.OWN)
# What nobody may still answer for when they leave; a draft promises nothing yet.
HANDED_OVER_FIRST = ("milestones", "organisations", "parties", "delegations")


class OfficeAccount(Forbidden):
    message = _("Accounts of the office, their addresses and their roles are the office's own; no token changes them.")


def create(
    values: Mapping[str, Any],
    *,
    roles: Iterable[str] = (),
    password: str | None = None,
    refs: references.Given | None = None,
    actor: Actor,
    now: datetime,
    is_demo: bool = False,
) -> Person:
    """A new account; without a `password` nobody can sign in until an invitation was followed.

    Raises Duplicate (e-mail taken, whatever its case, or a reference), RuleBroken, Forbidden.
    """
    access.require(actor, "person.create", Person(organisation=values.get("organisation")))
    granted = _known(roles)
    _check_admits(actor, granted)
    check_known(values, EDITABLE)
    values = preferences.cleaned(Person(), values, timezone.localdate(now))
    person = Person(**{**values, "email": clean_email(values.get("email", "")), "is_demo": is_demo})
    if not person.display_name.strip():
        raise RuleBroken(_("A person needs a display name."), field="display_name", code="missing")
    _check_free(person.email)
    named = references.moved(person, refs, actor)
    person.set_password(password)
    with record.writing(actor=actor, now=now):
        record.create(person, actor=actor, verb="person.create", now=now, roles=granted, external_refs=named[1])
        references.write(person, *named, actor)
        RoleGrant.objects.bulk_create([RoleGrant(person=person, role=role, granted_at=now) for role in granted])
    return person


def edit(
    person: Person,
    values: Mapping[str, Any],
    *,
    roles: Iterable[str] | None = None,
    refs: references.Given | None = None,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> bool:
    """Change columns and, when given, the roles and the names that other systems have for this person.

    What the sweep plans for this person is looked at again.
    """
    record.expect(person, version)
    check_known(values, EDITABLE)
    access.require(actor, "person.edit", person)
    privacy.check_not_anonymised(person)
    values = preferences.cleaned(person, values, timezone.localdate(now))
    was_bouncing = person.bouncing_since is not None
    if "email" in values:
        values["email"] = clean_email(values["email"])
        if values["email"].lower() != person.email.lower():
            _check_free(values["email"])
            values |= bouncing.CLEAN  # what came back came from the old one
    old, new = (
        sorted(person.roles),
        sorted(person.roles) if roles is None else _known(roles),
    )
    if old != new or values.get("email", person.email) != person.email:
        _check_admits(actor, [*old, *new])
    before, after = references.moved(person, refs, actor)
    told = security.moved(person, values["email"], now=now) if values.get("email", person.email) != person.email else []
    with record.writing(actor=actor, now=now):
        _keep_an_office(person, new)
        changed = record.update(
            person,
            values,
            actor=actor,
            verb="person.edit",
            now=now,
            parts={"roles": (old, new), "external_refs": (before, after)},
        )
        references.write(person, before, after, actor)
        OutgoingMail.objects.bulk_create(told)
        if old != new:
            _write_roles(person, old, new, now)
        if was_bouncing and person.bouncing_since is None:
            bouncing.look_again(person, now)
        elif "time_zone" in values:
            _look_again(person, now)
    return changed


def deactivate(person: Person, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """A leaver: refused while something is open of what must be handed over first (`handing_over`)."""
    record.expect(person, version)
    access.require(actor, "person.deactivate", person)
    _check_admits(actor, person.roles)
    today = timezone.localdate(now)
    privacy.check_handed_over(person, HANDED_OVER_FIRST, today)
    with record.writing(actor=actor, now=now):
        _keep_an_office(person, [])
        hold_leaving(person)
        privacy.check_handed_over(person, HANDED_OVER_FIRST, today)
        values = {"is_active": False, "deactivated_at": now}
        record.update(person, values, actor=actor, verb="person.deactivate", now=now)
        _speak_for_others(person, now)


def reactivate(person: Person, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    record.expect(person, version)
    access.require(actor, "person.edit", person)
    _check_admits(actor, person.roles)
    privacy.check_not_anonymised(person)
    with record.writing(actor=actor, now=now):
        values = {"is_active": True, "deactivated_at": None}
        record.update(person, values, actor=actor, verb="person.reactivate", now=now)
        _speak_for_others(person, now)


def invite(person: Person, *, actor: Actor, now: datetime) -> OutgoingMail:
    """Queue the mail with a signed link on which the person sets a password; the link dies when a password is set."""
    access.require(actor, "person.invite", person)
    if not person.is_active:
        raise StateConflict(
            _("This person is not active; reactivate the account first."),
            code="inactive",
        )
    mail = catalogue.invitation(person, now=now)
    mail.save(force_insert=True)
    return mail


def send_test(person: Person, *, actor: Actor, now: datetime) -> OutgoingMail:
    """Queue a mail that only shows that mail leaves this installation."""
    access.require(actor, "person.invite", person)
    mail = catalogue.test(person, now=now)
    mail.save(force_insert=True)
    return mail


def ask_for_reset(person: Person, *, now: datetime) -> OutgoingMail:
    """Queue the mail with which a person who forgot the password sets a new one."""
    mail = catalogue.password_reset(person, now=now)
    mail.save(force_insert=True)
    return mail


def set_password(person: Person, password: str, *, actor: Actor, now: datetime) -> None:
    """Store the hash; the entry shows only that it changed. Hashing happens before the transaction."""
    before = person.password
    person.set_password(password)
    hashed, person.password = person.password, before
    with record.writing(actor=actor, now=now):
        FirstPassword.objects.filter(person=person).delete()  # from now on it is their own
        record.update(
            person,
            {"password": hashed},
            actor=actor,
            verb="person.set_password",
            now=now,
        )


def mute_digest(person: Person, *, actor: Actor, now: datetime) -> bool:
    """Stop digests of before-due reminders for this person; notices and on-due reminders still come."""
    with record.writing(actor=actor, now=now):
        return record.update(person, {"digest_muted": True}, actor=actor, verb="person.mute", now=now)


def set_preferences(person: Person, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> bool:
    """What everybody may set for themselves: language, time zone, send hour, digest or single mails, and what is muted.

    Raises RuleBroken for a value that is none, and for a step that nobody can mute.
    """
    check_known(values, preferences.OWN)
    _require_own(person, actor)
    values = preferences.cleaned(person, values, timezone.localdate(now))
    with record.writing(actor=actor, now=now):
        changed = record.update(person, values, actor=actor, verb="person.set_preferences", now=now)
        if "time_zone" in values:
            _look_again(person, now)
    return changed


def mute_step(person: Person, code: str, *, actor: Actor, now: datetime) -> bool:
    """Stop one step for this person, on whatever milestone; False when it was muted already.

    Raises RuleBroken for a notice and for the deadline itself.
    """
    _require_own(person, actor)
    if code in person.muted_steps:
        return False
    preferences.check_mutable([code], timezone.localdate(now))
    values = {"muted_steps": sorted([*person.muted_steps, code])}
    with record.writing(actor=actor, now=now):
        return record.update(person, values, actor=actor, verb="person.mute_step", now=now)


def _require_own(person: Person, actor: Actor) -> None:
    if actor.person != person:
        access.require(actor, "person.edit", person)


def _look_again(person: Person, now: datetime) -> None:
    """On another clock this person's days begin earlier or later."""
    reminded = Q(accountable=person) | Q(lead__coordinator=person)
    NextLook.objects.wake(Milestone.objects.open().in_active_plans().filter(reminded), now)


def _speak_for_others(person: Person, now: datetime) -> None:
    """A coordinator who leaves or comes back: what nobody is accountable for reminds somebody else from now on."""
    remind_others(list(person.coordinates.all()), now)


def clean_email(text: str) -> str:
    email = normal_email(text)
    try:
        validate_email(email)
    except ValidationError as error:
        raise RuleBroken(_("“%(text)s” is not an e-mail address.") % {"text": email}, field="email") from error
    return email


def _keep_an_office(person: Person, roles: list[str]) -> None:
    if access.office_would_be_empty(person, roles):
        message = _("The supervision office needs at least one active account.")
        raise StateConflict(message, code="last_office")


def _check_admits(actor: Actor, roles: Iterable[str]) -> None:
    if not access.may_admit(actor, roles):
        raise OfficeAccount


def _check_free(email: str) -> None:
    if Person.objects.by_email(email).exists():
        raise Duplicate(_("This e-mail address is already taken."), field="email")


def _known(roles: Iterable[str]) -> list[str]:
    granted = sorted(set(roles))
    for role in granted:
        if role not in Role.values:
            raise RuleBroken(
                _("“%(role)s” is not a role; choose from %(roles)s.") % {"role": role, "roles": ", ".join(Role.values)},
                field="roles",
                code="choice",
            )
    return granted


def _write_roles(person: Person, old: list[str], new: list[str], now: datetime) -> None:
    person.grants.exclude(role__in=new).delete()
    added = [RoleGrant(person=person, role=role, granted_at=now) for role in new if role not in old]
    RoleGrant.objects.bulk_create(added)
    person.__dict__.pop("roles", None)
    getattr(person, "_prefetched_objects_cache", {}).pop("grants", None)
