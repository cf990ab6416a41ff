"""Two change people at the same moment: is an address taken once, and does the office keep somebody?"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from milestones.errors import Conflict, DomainError, Duplicate
from milestones.models import Person, Role
from milestones.people import operations as people
from tests.cast import NOW, SYSTEM, Cast, acting
from tests.two_at_once import while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)


def hire(email: str) -> Person:
    return people.create({"email": email, "display_name": "新人"}, actor=SYSTEM, now=NOW)


def by(person: Person) -> dict[str, Any]:
    return {"actor": acting(person), "now": NOW}


def test_one_address_is_taken_once(cast: Cast) -> None:
    won, lost = while_uncommitted(partial(hire, "new@example.org"), partial(hire, "NEW@example.org"))
    assert isinstance(won, Person)
    assert isinstance(lost, Duplicate), lost
    assert lost.field == "email"


def test_two_edits_of_one_person(cast: Cast) -> None:
    seen = [Person.objects.get(pk=cast.viewer.pk) for _ in range(2)]
    won, lost = while_uncommitted(
        partial(people.edit, seen[0], {"send_hour": 9}, **by(cast.office)),
        partial(people.edit, seen[1], {}, roles=["leader"], **by(cast.colleague)),
    )
    assert won is True
    assert isinstance(lost, Conflict), lost
    assert Person.objects.get(pk=cast.viewer.pk).roles == {"viewer"}


@pytest.mark.parametrize("how", ["deactivate", "edit"])
def test_two_who_let_each_other_go_leave_one_of_the_office(cast: Cast, how: str) -> None:
    acts: Any = {
        "deactivate": people.deactivate,
        "edit": lambda person, **by: people.edit(person, {}, roles=["viewer"], **by),
    }
    one, other = (Person.objects.get(pk=person.pk) for person in (cast.office, cast.colleague))
    _won, lost = while_uncommitted(
        partial(acts[how], one, **by(cast.colleague)), partial(acts[how], other, **by(cast.office))
    )
    assert Person.objects.active().in_role(Role.OFFICE).count() == 1
    assert isinstance(lost, DomainError), lost
    assert lost.code == "last_office"
