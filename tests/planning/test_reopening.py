"""Does somebody still answer for a milestone that is opened again?"""

from __future__ import annotations

import pytest

from milestones.errors import DomainError
from milestones.models import Milestone, Person
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import lifecycle, operations
from tests.cast import NOW, Cast, acting, bring
from tests.two_at_once import while_uncommitted


def fresh(milestone: Milestone) -> Milestone:
    return Milestone.objects.select_related("plan", "accountable", "lead").get(pk=milestone.pk)


def reopen(cast: Cast) -> None:
    lifecycle.reopen(fresh(cast.roof), reason="还要建", actor=acting(cast.office), now=NOW)


def leave(cast: Cast) -> None:
    people.deactivate(Person.objects.get(pk=cast.owner.pk), actor=acting(cast.office), now=NOW)


@pytest.mark.django_db
def test_not_for_an_owner_who_left(running: Cast) -> None:
    bring(running, running.roof, "cancelled")
    leave(running)
    with pytest.raises(lifecycle.Gone, match="owner"):
        reopen(running)
    operations.hand_over([fresh(running.roof)], running.other, reason="离职", actor=acting(running.office), now=NOW)
    reopen(running)
    assert fresh(running.roof).state == "in_progress"


@pytest.mark.django_db
def test_not_for_a_unit_that_was_retired(running: Cast) -> None:
    bring(running, running.roof, "cancelled")
    organisations.edit(running.bureau, {"is_active": False}, actor=acting(running.office), now=NOW)
    with pytest.raises(lifecycle.Gone, match="金贸处"):
        reopen(running)


@pytest.mark.django_db
def test_not_for_a_party_who_left(running: Cast) -> None:
    party = operations.PartyInput("supporting", running.harbour, running.owner)
    operations.change(
        running.roof, {"accountable": running.other}, parties=[party], actor=acting(running.office), now=NOW
    )
    bring(running, running.roof, "cancelled")
    leave(running)
    with pytest.raises(lifecycle.Gone, match="owner"):
        reopen(running)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["reopen", "leave"])
def test_of_reopening_and_leaving_at_once_one_is_refused(running: Cast, first: str) -> None:
    bring(running, running.roof, "cancelled")
    acts = [lambda: reopen(running), lambda: leave(running)]
    results = while_uncommitted(*(acts if first == "reopen" else reversed(acts)))
    assert results[0] is None
    assert isinstance(results[1], DomainError)
    assert fresh(running.roof).is_open == Person.objects.get(pk=running.owner.pk).is_active
