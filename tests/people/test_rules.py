"""Which input breaks which rule of a person or an organisation, and does the refusal name field and code?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from milestones.errors import DomainError
from milestones.models import NextLook, OutgoingMail, Person, RoleGrant, normal_email
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import lifecycle, operations
from tests import cast as casting
from tests.cast import LATER, NOW, SYSTEM, Cast, acting

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}


def hire(email: str, name: str = "新人", **values: Any) -> Person:
    return people.create({"email": email, "display_name": name, **values}, **HOW)


def last_of_the_office(c: Cast) -> Person:
    people.deactivate(c.colleague, **HOW)
    return c.office


def below(c: Cast) -> object:
    organisations.edit(c.harbour, {"parent": c.bureau}, **HOW)
    return organisations.edit(c.bureau, {"parent": c.harbour}, **HOW)


def head_who_left(c: Cast) -> object:
    people.deactivate(c.viewer, **HOW)
    return organisations.edit(c.bureau, {"head": c.viewer}, **HOW)


def invite_who_left(c: Cast) -> object:
    people.deactivate(c.viewer, **HOW)
    return people.invite(c.viewer, **HOW)


Case = tuple[str, str | None, str, Callable[[Cast], object]]
CASES: list[Case] = [
    ("no address", "email", "rule", lambda c: hire("")),
    ("no address at all", "email", "rule", lambda c: hire("nobody")),
    ("an address with a line break", "email", "rule", lambda c: hire("a@example.org\nBcc: b@example.org")),
    ("the same address", "email", "duplicate", lambda c: hire("owner@example.org")),
    ("the same address in capitals", "email", "duplicate", lambda c: hire("Owner@Example.ORG")),
    ("the same address with spaces", "email", "duplicate", lambda c: hire("  owner@example.org\t")),
    ("the same address in full-width letters", "email", "duplicate",
     lambda c: hire("ｏｗｎｅｒ＠ｅｘａｍｐｌｅ．ｏｒｇ")),
    ("an edit to another's address", "email", "duplicate",
     lambda c: people.edit(c.viewer, {"email": "OWNER@example.org"}, **HOW)),
    ("no name", "display_name", "missing", lambda c: hire("new@example.org", name=" ")),
    ("a role that is none", "roles", "choice",
     lambda c: people.create({"email": "n@example.org", "display_name": "n"}, roles=["king"], **HOW)),
    ("a role that is none for somebody here", "roles", "choice",
     lambda c: people.edit(c.viewer, {}, roles=["king"], **HOW)),
    ("the last of the office leaves", None, "last_office", lambda c: people.deactivate(last_of_the_office(c), **HOW)),
    ("the last of the office gives up the role", None, "last_office",
     lambda c: people.edit(last_of_the_office(c), {}, roles=["viewer"], **HOW)),
    ("a leaver with open milestones", None, "open_duties", lambda c: people.deactivate(c.owner, **HOW)),
    ("an invitation to somebody who left", None, "inactive", invite_who_left),
    ("a preference that is none", "is_active", "unknown_field",
     lambda c: people.set_preferences(c.owner, {"is_active": False}, **HOW)),
    ("a unit's code taken", "code", "duplicate", lambda c: casting.organisation("FTB", "x")),
    ("a unit without a code", "code", "missing", lambda c: casting.organisation(" ", "x")),
    ("a unit without a name", "name", "missing", lambda c: casting.organisation("X", "")),
    ("a unit below itself", "parent", "cycle", lambda c: organisations.edit(c.bureau, {"parent": c.bureau}, **HOW)),
    ("a unit below one that stands below it", "parent", "cycle", below),
    ("a head who left", "head", "inactive", head_who_left),
    ("a unit that still leads", "is_active", "open_duties",
     lambda c: organisations.edit(c.bureau, {"is_active": False}, **HOW)),
]  # fmt: skip


@pytest.mark.parametrize(("what", "field", "code", "act"), CASES, ids=[case[0] for case in CASES])
def test_is_refused(running: Cast, what: str, field: str | None, code: str, act: Any) -> None:
    with pytest.raises(DomainError) as refusal:
        act(running)
    assert (refusal.value.field, refusal.value.code) == (field, code)
    assert str(refusal.value)


def test_a_leaver_may_go_once_all_is_handed_over_or_closed(running: Cast) -> None:
    more = casting.milestone(running.plan, running.stream, "FIN-09", accountable=running.owner)
    operations.hand_over([running.roof], running.other, reason="离职", **HOW)
    lifecycle.cancel(more, reason="不建了", **HOW)
    people.deactivate(running.owner, actor=SYSTEM, now=LATER)
    fresh = Person.objects.get(pk=running.owner.pk)
    assert (fresh.is_active, fresh.deactivated_at) == (False, LATER)
    people.reactivate(fresh, **HOW)
    assert (fresh.is_active, fresh.deactivated_at) == (True, None)


def test_a_unit_may_close_once_others_lead_what_is_open(running: Cast) -> None:
    operations.change(running.roof, {"lead": running.harbour}, **HOW)
    assert organisations.edit(running.bureau, {"is_active": False}, **HOW)


ADDRESSES = [
    ("  Wang@Example.org ", "Wang@Example.org"),
    ("ｗａｎｇ＠ｅｘａｍｐｌｅ．ｏｒｇ", "wang@example.org"),
    ("wang@中国", "wang@xn--fiqs8s"),
    ("wang@example。org", "wang@example.org"),
    ("", ""),
    ("wang", "wang"),
]


@pytest.mark.parametrize(("typed", "kept"), ADDRESSES)
def test_an_address_is_kept_as_mail_servers_know_it(typed: str, kept: str) -> None:
    assert normal_email(typed) == normal_email(kept) == kept


def test_somebody_is_found_whatever_the_case_and_width(running: Cast) -> None:
    for typed in ("OWNER@example.org", " owner@EXAMPLE.org ", "ｏｗｎｅｒ＠example.org"):
        assert Person.objects.by_email(typed).get() == running.owner
        assert Person.objects.get_by_natural_key(typed) == running.owner


def test_ones_own_address_may_change_its_case(running: Cast) -> None:
    assert people.edit(running.owner, {"email": "Owner@example.org"}, **HOW)
    assert Person.objects.get(pk=running.owner.pk).email == "Owner@example.org"


def test_roles_are_granted_since_when_and_taken(running: Cast) -> None:
    people.edit(running.viewer, {}, roles=["viewer", "office"], actor=SYSTEM, now=LATER)
    since = dict(RoleGrant.objects.filter(person=running.viewer).values_list("role", "granted_at"))
    assert since == {"viewer": NOW, "office": LATER}
    assert running.viewer.roles == {"viewer", "office"}
    people.edit(running.viewer, {}, roles=[], **HOW)
    assert Person.objects.get(pk=running.viewer.pk).roles == frozenset()


def test_without_a_password_nobody_signs_in_and_an_invitation_leads_to_one(running: Cast) -> None:
    person = hire("new@example.org")
    assert not person.has_usable_password()
    mail = people.invite(person, actor=acting(running.office), now=NOW)
    assert OutgoingMail.objects.get() == mail
    assert (mail.kind, mail.recipient, mail.to) == ("invitation", person, "new@example.org")
    people.set_password(person, "一二三四五六七八九十", actor=acting(person), now=NOW)
    assert Person.objects.get(pk=person.pk).check_password("一二三四五六七八九十")


def test_a_new_coordinator_does_not_hear_of_steps_of_the_past(running: Cast) -> None:
    operations.assign([running.roof], None, **HOW)
    organisations.edit(running.bureau, {"coordinator": running.coordinator}, actor=SYSTEM, now=LATER)
    running.refresh()
    assert (NextLook.of(running.roof), running.roof.reminded_since) == (LATER, LATER)
    assert running.school.reminded_since == NOW
