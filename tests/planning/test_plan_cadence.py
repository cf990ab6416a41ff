"""How often a plan wants to hear of its milestones, and what follows from changing that."""

from __future__ import annotations

from typing import Any

import pytest

from milestones.errors import RuleBroken
from milestones.models import NextAssessment
from milestones.planning import plans
from tests.cast import LATER, NOW, SYSTEM, Cast

pytestmark = pytest.mark.django_db

WRONG = [
    ("report_day", 0),
    ("report_day", 29),
    ("weekly_from", 53),
    ("warning_days", 251),
    ("warning_days", -1),
    ("tolerance", 101),
    ("tolerance", "much"),
    ("report_cadence", "daily"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_number_out_of_its_bounds_is_refused_by_name(cast: Cast, name: str, value: Any) -> None:
    with pytest.raises(RuleBroken) as refused:
        plans.edit(cast.plan, {name: value}, actor=SYSTEM, now=NOW)
    assert (refused.value.field, refused.value.code) == (name, "bounds")


def test_a_change_lets_every_open_milestone_be_assessed_at_once(running: Cast) -> None:
    plans.edit(running.plan, {"tolerance": 20, "report_day": 25}, actor=SYSTEM, now=LATER)
    running.refresh()
    assert (running.plan.tolerance, running.plan.report_day) == (20, 25)
    assert {NextAssessment.of(one) for one in (running.roof, running.school, running.rules)} == {LATER}
