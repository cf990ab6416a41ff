"""Is the pace of many targets one query, on the right day, of the right readings?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from milestones.models import Target
from milestones.targets import queries, wording
from tests import cast as casting
from tests.cast import Cast

pytestmark = pytest.mark.django_db
ON = date(2023, 1, 31)


def test_the_readings_of_any_number_of_targets_are_one_query(running: Cast) -> None:
    for number in range(2, 9):
        one = casting.target(running.plan, running.stream, f"T{number}", measure="cumulative")
        casting.read(one, "1")
    rows = list(Target.objects.select_related("plan"))
    with CaptureQueriesContext(connection) as asked:
        found = queries.paces(rows, ON)
    assert len(asked) == 1
    assert set(found) == {row.pk for row in rows}
    assert queries.paces([], ON) == {}


def test_a_revised_reading_is_replaced(running: Cast) -> None:
    first = casting.read(running.target, "30")
    casting.read(running.target, "18", revises=first, provisional=False)
    found = queries.pace(running.target, ON)
    assert (found.value, found.attainment, found.provisional) == (Decimal(18), Decimal("0.9"), False)


def test_the_plans_tolerance_divides_yellow_from_red(running: Cast) -> None:
    one = casting.target(running.plan, running.stream, "T2", measure="flow_growth", value=20)
    with translation.override("en"):
        promised = queries.promise(one)
    assert promised.tolerance == running.plan.tolerance


def test_today_is_the_plans_today(running: Cast) -> None:
    """At 17:00 UTC it is tomorrow in Shanghai."""
    found = queries.paces_at([running.target], datetime(2023, 1, 31, 17, tzinfo=UTC))
    assert found[running.target.pk].on == date(2023, 2, 1)


def test_the_words_name_value_day_and_unit(running: Cast) -> None:
    one = casting.target(running.plan, running.stream, "T2", measure="stock", unit="家", value=150)
    casting.read(one, "120.5", date(2023, 1, 10))
    found = queries.pace(one, ON)
    with translation.override("en"):
        assert wording.reason(found, one).startswith("The reading of January 10 is the first one")
        assert "2 readings" in wording.method(found, one)
        assert wording.basis(found, one) == "A straight line from 120.5 家 on January 10 to the goal on December 31."
        assert (wording.attainment(found), wording.health(found), wording.band(found, one.unit)) == ("80.3%", "", "")
