"""Whatever is done in whatever order, and wherever a reader stops in between: does it end with what it sees?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from milestones.conversation import comments
from milestones.errors import DomainError
from milestones.models import Comment, Dependency, Milestone, Plan, StatusReport
from milestones.planning import dependencies, operations, plans
from milestones.planning.operations import PartyInput
from milestones.status_reports import operations as reports
from tests import cast as casting
from tests.cast import JUNE, LATER, SYSTEM, Cast, acting
from tests.sync.replica import Replica, reader

HOW: dict[str, Any] = {"actor": SYSTEM, "now": LATER}
Do = Callable[[Cast, int, int], object]


def one(rows: Any, number: int) -> Any:
    """Any of them; a refusal when there is none."""
    found = list(rows.order_by("pk"))
    if not found:
        raise DomainError
    return found[number % len(found)]


def milestone(number: int) -> Any:
    return one(Milestone.objects.select_related("plan", "lead"), number)


def unit(cast: Cast, number: int) -> Any:
    return (cast.bureau, cast.harbour, None)[number % 3]


def lead(cast: Cast, a: int, b: int) -> None:
    operations.change(milestone(a), {"lead": unit(cast, b)}, **HOW)


def party(cast: Cast, a: int, b: int) -> None:
    whom = unit(cast, b)
    operations.change(milestone(a), {}, parties=[PartyInput("supporting", whom)] if whom else [], **HOW)


def both(cast: Cast, a: int, b: int) -> None:
    """Lead and parties at once, as in a form."""
    whom = unit(cast, b)
    given = [PartyInput("supporting", whom)] if whom else []
    operations.change(milestone(a), {"lead": unit(cast, b + 1), "title": f"题{b}"}, parties=given, **HOW)


def comment(cast: Cast, a: int, b: int) -> None:
    comments.add(milestone(a), f"话{b}", actor=acting(cast.office), now=LATER)


def uncomment(cast: Cast, a: int, b: int) -> None:
    comments.delete(one(Comment.objects.select_related("milestone__plan"), a), **HOW)


def report(cast: Cast, a: int, b: int) -> None:
    reports.write(milestone(a), {"as_of": LATER.date(), "progress": b, "done": "x"}, **HOW)


def discard(cast: Cast, a: int, b: int) -> None:
    reports.discard(one(StatusReport.objects.select_related("milestone__plan"), a), **HOW)


def tie(cast: Cast, a: int, b: int) -> None:
    dependencies.add(milestone(a), milestone(b), **HOW)


def untie(cast: Cast, a: int, b: int) -> None:
    dependencies.remove(one(Dependency.objects.select_related("successor__plan", "predecessor__plan"), a), **HOW)


def create(cast: Cast, a: int, b: int) -> None:
    plan = one(Plan.objects, a)
    operations.create(
        plan,
        {"workstream": plan.workstreams.first(), "code": f"N-{b}", "title": "新", "due": JUNE, "lead": unit(cast, b)},
        **HOW,
    )


def delete(cast: Cast, a: int, b: int) -> None:
    operations.delete(milestone(a), **HOW)


def activate(cast: Cast, a: int, b: int) -> None:
    plans.activate(one(Plan.objects, a), **HOW)


def delete_plan(cast: Cast, a: int, b: int) -> None:
    plans.delete(one(Plan.objects, a), **HOW)


def record(cast: Cast, a: int, b: int) -> None:
    casting.read(cast.target)


ACTS: tuple[Do, ...] = (
    *(lead, lead, party, party, both, comment, comment, uncomment, report, discard, tie, tie, untie),
    *(create, delete, activate, delete_plan, record),
)
EXAMPLES = 30
NUMBER = st.integers(0, 9)
# An act on some objects, or a page for one of the readers.
STEPS = st.lists(
    st.one_of(st.tuples(st.sampled_from(ACTS), NUMBER, NUMBER), st.tuples(st.just(None), NUMBER, NUMBER)),
    max_size=30,
)


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_readers_end_with_what_they_see(cast: Cast, steps: list[tuple[Do | None, int, int]]) -> None:
    with transaction.atomic():
        _play(cast, steps)
        transaction.set_rollback(True)


def _play(cast: Cast, steps: list[tuple[Do | None, int, int]]) -> None:
    other = casting.plan("q-2023")
    casting.milestone(other, casting.workstream(other), "Q-01", lead=cast.bureau)
    replicas = [
        Replica(reader("write"), limit=2),
        Replica(reader("read"), limit=1),
        Replica(reader("read", plans=[cast.plan]), limit=3),
        Replica(reader("read", organisations=[cast.bureau]), limit=1),
        Replica(reader("write", organisations=[cast.harbour]), limit=2),
    ]
    for act, a, b in steps:
        if act is None:
            replicas[a % len(replicas)].pull()
        else:
            _try(act, cast, a, b)
    for replica in replicas:
        replica.follow().check()


def _try(act: Do, cast: Cast, a: int, b: int) -> None:
    """Most are refused: they come at random."""
    try:
        with transaction.atomic():
            act(cast, a, b)
    except DomainError:
        pass
