"""Two people tie milestones at the same moment: can they close a circle together?"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from milestones.errors import Duplicate
from milestones.models import Dependency, Milestone
from milestones.planning import dependencies
from tests.cast import NOW, Cast, acting
from tests.two_at_once import Act, together, while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)


def seen(milestone: Milestone) -> Milestone:
    return Milestone.objects.select_related("plan").get(pk=milestone.pk)


def ties(c: Cast, *pairs: tuple[Milestone, Milestone]) -> list[Act]:
    people: list[Any] = [c.office, c.colleague, c.office]
    return [
        partial(dependencies.add, seen(a), seen(b), actor=acting(who), now=NOW)
        for (a, b), who in zip(pairs, people, strict=False)
    ]


def test_the_second_waits_and_is_shown_the_circle(running: Cast) -> None:
    c = running
    won, lost = while_uncommitted(*ties(c, (c.roof, c.school), (c.school, c.roof)))
    assert isinstance(won, Dependency)
    assert isinstance(lost, dependencies.Cycle), lost
    assert "FIN-02 → FIN-01 → FIN-02" in str(lost)
    assert Dependency.objects.count() == 1


def test_the_same_dependency_twice_is_made_once(running: Cast) -> None:
    c = running
    won, lost = while_uncommitted(*ties(c, (c.roof, c.school), (c.roof, c.school)))
    assert isinstance(won, Dependency)
    assert isinstance(lost, Duplicate), lost


def test_three_at_one_moment_leave_two_of_a_circle(running: Cast) -> None:
    c = running
    answers = together(*ties(c, (c.roof, c.school), (c.school, c.rules), (c.rules, c.roof)))
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert [type(one) for one in refused] == [dependencies.Cycle]
    assert Dependency.objects.count() == 2
