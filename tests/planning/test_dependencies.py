"""Which milestones may wait for which others, and what is refused, in which words?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from milestones.actors import Actor
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.models import ChangeEntry, Dependency, Milestone
from milestones.planning import assessment, dependencies, operations, plans
from tests import cast as casting
from tests.cast import LATER, NOW, SYSTEM, Cast, acting

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}


def tie(predecessor: Milestone, successor: Milestone, lag: int = 0, actor: Actor = SYSTEM) -> Dependency:
    return dependencies.add(predecessor, successor, lag=lag, actor=actor, now=NOW)


def next_year(state: str = "draft") -> Milestone:
    """A milestone of another plan."""
    other = casting.plan("p-2024", year=2024, starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31))
    one = casting.milestone(other, casting.workstream(other), "FIN-01")
    if state != "draft":
        plans.activate(other, **HOW)
    if state == "closed":
        plans.close(other, **HOW)
    return Milestone.objects.select_related("plan").get(pk=one.pk)


def chain(c: Cast) -> None:
    """FIN-01 → FIN-02 → FIN-03"""
    tie(c.roof, c.school)
    tie(c.school, c.rules)


def round_by_another_plan(c: Cast) -> object:
    later = next_year("active")
    tie(c.roof, later)
    tie(later, c.school)
    return tie(c.school, c.roof)


def a_circle(c: Cast) -> object:
    chain(c)
    return tie(c.rules, c.roof)


def twice(c: Cast) -> object:
    tie(c.roof, c.school)
    return tie(c.roof, c.school, lag=3)


Case = tuple[str, str, str, str, Callable[[Cast], object]]
CASES: list[Case] = [
    ("itself", "predecessor", "itself", "cannot wait for itself", lambda c: tie(c.roof, c.roof)),
    ("twice", "predecessor", "duplicate", "there already", twice),
    ("two in a circle", "predecessor", "cycle", "FIN-02 → FIN-01 → FIN-02",
     lambda c: (tie(c.roof, c.school), tie(c.school, c.roof))),
    ("three in a circle", "predecessor", "cycle", "FIN-03 → FIN-01 → FIN-02 → FIN-03", a_circle),
    ("round by another plan", "predecessor", "cycle", "p-2023/FIN-02 → p-2023/FIN-01 → p-2024/FIN-01 → p-2023/FIN-02",
     round_by_another_plan),
    ("a lag beyond measure", "lag", "lag", "400", lambda c: tie(c.roof, c.school, lag=401)),
    ("a lead beyond measure", "lag", "lag", "400", lambda c: tie(c.roof, c.school, lag=-401)),
    ("a lag edited beyond measure", "lag", "lag", "400",
     lambda c: dependencies.edit(tie(c.roof, c.school), lag=401, **HOW)),
    ("for one of a draft", "predecessor", "draft", "activate", lambda c: tie(next_year("draft"), c.roof)),
]  # fmt: skip


@pytest.mark.parametrize(("what", "field", "code", "words", "act"), CASES, ids=[case[0] for case in CASES])
def test_is_refused(running: Cast, what: str, field: str, code: str, words: str, act: Any) -> None:
    with pytest.raises(DomainError) as refusal:
        act(running)
    assert (refusal.value.field, refusal.value.code) == (field, code)
    with translation.override("en"):
        assert words in str(refusal.value)


@pytest.mark.parametrize("turn", ["predecessor", "successor"])
def test_neither_end_lies_in_a_closed_plan(running: Cast, turn: str) -> None:
    closed = next_year("closed")
    ends = (closed, running.roof) if turn == "predecessor" else (running.roof, closed)
    with pytest.raises(DomainError) as refusal:
        tie(*ends)
    assert refusal.value.code == "plan_closed"


def test_a_plan_that_is_just_being_closed_takes_no_more(running: Cast) -> None:
    seen = Milestone.objects.select_related("plan").get(pk=running.roof.pk)
    running.close()
    with pytest.raises(Conflict):
        tie(seen, Milestone.objects.select_related("plan").get(pk=next_year("active").pk))


def test_what_is_tied_tells_its_history_and_is_untied_with_a_tombstone(running: Cast) -> None:
    one = tie(running.roof, running.school, lag=5)
    assert dependencies.edit(one, lag=-2, actor=acting(running.office), now=LATER, version=1)
    assert not dependencies.edit(one, lag=-2, **HOW)
    dependencies.remove(one, version=2, **HOW)
    entries = ChangeEntry.objects.filter(entity="dependency").order_by("id")
    assert [(e.op, e.verb, e.version, e.plan_id) for e in entries] == [
        ("create", "dependency.add", 1, running.plan.pk),
        ("update", "dependency.edit", 2, running.plan.pk),
        ("delete", "dependency.remove", 3, running.plan.pk),
    ]
    assert entries[1].changes == {"lag": [5, -2]}
    assert not Dependency.objects.exists()


def test_a_stale_version_is_told_who_was_first(running: Cast) -> None:
    one = tie(running.roof, running.school)
    dependencies.edit(one, lag=1, actor=acting(running.office), now=LATER)
    for act in (partial(dependencies.edit, one, lag=2), partial(dependencies.remove, one)):
        with pytest.raises(Conflict) as refusal:
            act(version=1, **HOW)
        assert (refusal.value.version, refusal.value.when) == (2, LATER)


def test_a_dependency_of_a_closed_plan_can_still_go(running: Cast) -> None:
    one = tie(running.roof, running.school)
    running.close()
    dependencies.remove(Dependency.objects.get(pk=one.pk), **HOW)
    assert not Dependency.objects.exists()


@pytest.mark.parametrize(
    ("who", "may"), [("office", True), ("coordinator", True), ("stranger", False), ("owner", False), ("viewer", False)]
)
def test_whoever_leads_the_successor_says_what_it_waits_for(running: Cast, who: str, may: bool) -> None:
    """`coordinator` coordinates the lead of `roof`, `stranger` that of `school`."""
    act = partial(tie, running.school, running.roof, actor=acting(getattr(running, who)))
    if may:
        act()
    else:
        with pytest.raises(Forbidden):
            act()
    assert Dependency.objects.exists() is may


def test_what_is_out_of_sight_cannot_be_waited_for_and_is_not_named(running: Cast) -> None:
    hidden = next_year("draft")
    with pytest.raises(DomainError) as refusal:
        tie(hidden, running.roof, actor=acting(running.coordinator))
    assert (refusal.value.field, refusal.value.code) == ("predecessor", "unknown")


def test_who_waits_for_what_is_late_is_at_risk_until_the_dependency_goes(running: Cast) -> None:
    """`rules` is due on 15 March."""
    how: Any = {"actor": SYSTEM, "now": datetime(2023, 4, 3, 9, tzinfo=NOW.tzinfo)}
    plans.edit(running.plan, {"report_cadence": "none"}, **how)
    running.refresh()
    assessment.refresh(running.rules, now=how["now"])
    one = dependencies.add(running.rules, running.roof, **how)
    assert (running.roof.health, running.roof.health_reason["code"]) == ("yellow", "predecessor_red")  # type: ignore[index]
    dependencies.remove(one, **how)
    running.refresh()
    assert running.roof.health_reason["code"] != "predecessor_red"  # type: ignore[index]


def test_a_draft_may_wait_for_what_is_active(running: Cast) -> None:
    assert tie(running.roof, next_year("draft")).lag == 0


def test_what_is_deleted_in_a_draft_takes_its_dependencies_along(cast: Cast) -> None:
    chain(cast)
    operations.delete(cast.school, **HOW)
    assert not Dependency.objects.exists()
    assert ChangeEntry.objects.filter(entity="dependency", op="delete").count() == 2
    tie(cast.roof, cast.rules)
    plans.delete(cast.plan, **HOW)
    assert not Milestone.objects.exists()


def test_the_search_asks_the_same_few_questions_however_long_the_chain(running: Cast) -> None:
    def asked(length: int) -> int:
        made = [casting.milestone(running.plan, running.stream, f"L{length}-{n}") for n in range(length)]
        rows = [Dependency(predecessor=a, successor=b, created_at=NOW, updated_at=NOW)
                for a, b in pairwise(made)]  # fmt: skip
        Dependency.objects.bulk_create(rows)
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            pytest.raises(dependencies.Cycle) as refusal,
        ):
            tie(made[-1], made[0])
        assert str(refusal.value).count("→") == length
        return len(queries)

    assert asked(3) == asked(60)
