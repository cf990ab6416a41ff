"""Somebody deletes something of a draft while somebody else adds to it: who came later is told, and nothing dangles."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from milestones.conversation import comments, watching
from milestones.errors import DomainError
from milestones.models import ChangeEntry, Milestone, Plan, Workstream
from milestones.planning import dependencies, operations, plans
from milestones.targets import operations as targets
from tests.cast import JUNE, NOW, TODAY, Cast, acting
from tests.two_at_once import while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(cast: Cast, code: str = "FIN-03") -> Milestone:
    return Milestone.objects.select_related("plan", "workstream").get(plan=cast.plan, code=code)


def new(cast: Cast, **values: object) -> object:
    columns = {"workstream": cast.stream, "code": "X-1", "title": "新", "kind": "other", "due": JUNE, **values}
    return operations.create(Plan.objects.get(pk=cast.plan.pk), columns, actor=acting(cast.colleague), now=NOW)


ADDED: dict[str, Callable[[Cast, Milestone], object]] = {
    "a comment": lambda c, m: comments.add(m, "还要吗？", actor=acting(c.colleague), now=NOW),
    "a watch": lambda c, m: watching.start(m, actor=acting(c.colleague), now=NOW),
    "a dependency on it": lambda c, m: dependencies.add(m, fresh(c, "FIN-01"), actor=acting(c.colleague), now=NOW),
    "a dependency of it": lambda c, m: dependencies.add(fresh(c, "FIN-01"), m, actor=acting(c.colleague), now=NOW),
    "a milestone below it": lambda c, m: new(c, parent=m),
    "another date": lambda c, m: operations.reschedule(m, TODAY, reason="早", actor=acting(c.colleague), now=NOW),
}


@pytest.mark.parametrize("what", ADDED)
def test_a_milestone_goes(cast: Cast, what: str) -> None:
    first, second = fresh(cast), fresh(cast)
    results = while_uncommitted(
        lambda: operations.delete(first, actor=acting(cast.office), now=NOW), lambda: ADDED[what](cast, second)
    )
    assert results[0] is None
    assert isinstance(results[1], DomainError)
    assert str(results[1]).strip()
    assert not Milestone.objects.filter(pk=first.pk).exists()


@pytest.mark.parametrize("what", ADDED)
def test_a_milestone_goes_with_what_was_just_added_or_stays_whole(cast: Cast, what: str) -> None:
    first, second = fresh(cast), fresh(cast)
    results = while_uncommitted(
        lambda: ADDED[what](cast, second), lambda: operations.delete(first, actor=acting(cast.office), now=NOW)
    )
    assert not isinstance(results[0], Exception)
    stays = what in ("a milestone below it", "another date")
    assert isinstance(results[1], DomainError) if stays else results[1] is None
    assert Milestone.objects.filter(pk=first.pk).exists() == stays


@pytest.mark.parametrize("what", ["a milestone", "a target"])
def test_a_workstream_goes_while_something_comes_into_it(cast: Cast, what: str) -> None:
    spare = plans.create_workstream(cast.plan, {"code": "S", "title": "备"}, actor=acting(cast.office), now=NOW)
    values = {"code": "T9", "name": "增长", "unit": "%", "measure": "stock", "value": 3, "workstream": spare}
    first = Workstream.objects.select_related("plan").get(pk=spare.pk)

    def come() -> object:
        if what == "a milestone":
            return new(cast, workstream=spare)
        return targets.create(Plan.objects.get(pk=cast.plan.pk), values, actor=acting(cast.colleague), now=NOW)

    results = while_uncommitted(lambda: plans.delete_workstream(first, actor=acting(cast.office), now=NOW), come)
    assert results[0] is None
    assert isinstance(results[1], DomainError)
    assert results[1].field == "workstream"


def test_a_plan_goes_while_a_milestone_comes_into_it(cast: Cast) -> None:
    plan, told = Plan.objects.get(pk=cast.plan.pk), ChangeEntry.objects.filter(entity="milestone", op="create").count()
    results = while_uncommitted(lambda: plans.delete(plan, actor=acting(cast.office), now=NOW), lambda: new(cast))
    assert results[0] is None
    assert isinstance(results[1], DomainError)
    assert ChangeEntry.objects.filter(entity="milestone", op="create").count() == told
