"""Two people act on one milestone at once, in hundreds of random ways: does the database do what a plain model says?

Both look first; then one acts, and while that is not yet stored the other acts on what was seen. Where they touch the
same row one wins and the other is told who was first and when; nothing is half done, and every row's history counts its
versions without a gap.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from milestones.models import Notice
from tests import cast as casting
from tests.cast import NOW, Cast
from tests.two_at_once import alone, while_uncommitted

from . import plain, real
from .plain import Act, World

ACTS = st.builds(
    Act,
    verb=st.sampled_from(sorted(plain.RULES)),
    who=st.sampled_from(["office", "colleague"]),
    month=st.integers(0, 6),
    to=st.sampled_from(["owner", "other"]),
)
CODES = count(1)


class TwoAtOnce(RuleBasedStateMachine):
    cast: Cast  # of the test that runs the machine
    interleaved = 0

    @initialize()
    def a_new_milestone(self) -> None:
        self.code, self.now, self.world = f"R-{next(CODES)}", NOW, World()
        self.first_number = Notice.objects.count() + 1
        values: dict[str, Any] = {"accountable": self.cast.owner, "lead": self.cast.bureau}
        casting.milestone(self.cast.plan, self.cast.stream, self.code, real.due(0), **values)

    @rule(act=ACTS)
    def one_acts(self, act: Act) -> None:
        seen = self.look()
        self.world, expected, _rows = plain.alone(self.world, act)
        assert real.outcome(alone(seen.doing(act))) == expected

    @rule(first=ACTS, second=ACTS)
    def two_act_at_once(self, first: Act, second: Act) -> None:
        early, late = self.look(), self.look()
        self.world, *expected, _rows = plain.two(self.world, first, second)
        results = while_uncommitted(early.doing(first), late.doing(second))
        assert [real.outcome(result) for result in results] == expected
        type(self).interleaved += 1

    @invariant()
    def the_database_is_the_model(self) -> None:
        assert real.world(self.cast, self.code) == self.world

    @invariant()
    def every_version_has_its_entry(self) -> None:
        for row in real.rows(self.cast, self.code):
            assert real.entries(row) == list(range(1, row.version + 1))

    @invariant()
    def numbers_have_no_gap(self) -> None:
        numbers = list(Notice.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))

    def look(self) -> real.Seen:
        self.now += timedelta(minutes=1)
        return real.Seen(self.cast, self.code, self.now)


@pytest.mark.django_db(transaction=True)
def test_two_at_once(running: Cast) -> None:
    """On PostgreSQL 200 interleavings at least; SQLite's single writer is waited for, so there are fewer."""
    TwoAtOnce.cast, TwoAtOnce.interleaved = running, 0
    examples = 50 if connection.vendor == "postgresql" else 6
    run_state_machine_as_test(
        TwoAtOnce,
        settings=settings(
            max_examples=examples,
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert TwoAtOnce.interleaved >= (200 if connection.vendor == "postgresql" else 20)
