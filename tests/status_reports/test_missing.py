"""Which report is missing on which day, and on which two days is it asked for?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from milestones.models import Milestone, Plan
from milestones.status_reports import asking, operations, queries
from tests import cast as casting
from tests.cast import Cast, acting
from tests.status_reports.cast import JUNE_28, filed

pytestmark = pytest.mark.django_db


def wanted(day: date, **of: Any) -> list[tuple[str, str]]:
    """(code, expected by) of what is missing on `day`."""
    return [(one.milestone.code, one.period.deadline.isoformat()) for one in queries.missing(day, **of)]


# `roof` is due 年内, `school` by the end of June, `rules` on 15 March: each weekly from eight weeks before.
def test_everything_is_missing_until_it_is_there(running: Cast) -> None:
    day = date(2023, 4, 20)
    # `rules` is overdue and goes on weekly: Sunday 23 April is worked, in place of 1 May.
    assert wanted(day) == [("FIN-03", "2023-04-23"), ("FIN-02", "2023-04-28"), ("FIN-01", "2023-04-28")]
    filed(running.roof, running.owner, now=JUNE_28.replace(month=4, day=20))
    assert wanted(day) == [("FIN-03", "2023-04-23"), ("FIN-02", "2023-04-28")]
    # For `school` weeks begin on 8 May: until then it is April's report that is missing.
    assert wanted(date(2023, 5, 2)) == [("FIN-02", "2023-04-28"), ("FIN-03", "2023-05-06"), ("FIN-01", "2023-05-26")]


def test_a_report_of_last_month_answers_nothing_this_month(running: Cast) -> None:
    filed(running.roof, running.owner, now=JUNE_28.replace(month=3, day=30))
    assert ("FIN-01", "2023-04-28") in wanted(date(2023, 4, 3))


def test_drafts_and_what_came_back_do_not_count(running: Cast) -> None:
    now = JUNE_28.replace(month=4, day=20)
    report = filed(running.roof, running.owner, now=now)
    operations.return_(report, note="缺数据", actor=acting(running.office), now=now)
    assert ("FIN-01", "2023-04-28") in wanted(now.date())
    [missing] = [one for one in queries.missing(now.date()) if one.milestone == running.roof]
    assert missing.last is None


def test_of_a_person_and_of_a_plan(running: Cast) -> None:
    day = date(2023, 4, 20)
    assert wanted(day, person=running.owner) == [("FIN-01", "2023-04-28")]
    assert len(wanted(day, plan=running.plan)) == 3
    assert wanted(day, plan=casting.plan("p-2024")) == []


@pytest.mark.parametrize("state", ["submitted", "completed", "cancelled"])
def test_what_is_out_of_its_owners_hands_is_not_missing(running: Cast, state: str) -> None:
    casting.bring(running, running.roof, state)
    assert "FIN-01" not in dict(wanted(date(2023, 4, 20)))


def test_drafts_and_closed_plans_expect_nothing(cast: Cast) -> None:
    assert wanted(date(2023, 4, 20)) == []
    cast.activate()
    cast.close()
    assert wanted(date(2023, 4, 20)) == []


def test_a_plan_without_a_cadence_expects_nothing(running: Cast) -> None:
    Plan.objects.update(report_cadence="none")
    assert wanted(date(2023, 4, 20)) == []


def test_the_last_report_of_many_milestones_costs_one_query(running: Cast, django_assert_num_queries: Any) -> None:
    filed(running.roof, running.owner, progress=10)
    filed(running.school, running.other, progress=20)
    last = filed(running.roof, running.owner, now=JUNE_28 + timedelta(days=3), progress=30)
    with django_assert_num_queries(1):
        found = queries.latest([running.roof.pk, running.school.pk, running.rules.pk])
    assert {pk: report.progress for pk, report in found.items()} == {running.roof.pk: 30, running.school.pk: 20}
    assert found[running.roof.pk] == last


def test_of_two_reports_of_one_day_the_later_made_is_the_last(running: Cast) -> None:
    filed(running.roof, running.owner, progress=10)
    filed(running.roof, running.coordinator, progress=20)
    assert queries.latest([running.roof.pk])[running.roof.pk].progress == 20


# a day in the period | the first and the second day of asking | why
DAYS = """
2023-02-10 | 2023-02-23 2023-02-28 | a plain month: three working days before
2023-05-10 | 2023-05-23 2023-05-26 | 28 May is a Sunday
2023-01-12 | 2023-01-18 2023-01-28 | the Spring Festival lies between; 28 January is a make-up Saturday
2023-11-08 | 2023-11-07 2023-11-10 | a plain week: Tuesday and Friday
2023-12-27 | 2023-12-26 2023-12-29 | the last week
"""


@pytest.mark.parametrize("line", DAYS.strip().splitlines())
def test_a_report_is_asked_for_on_two_days(running: Cast, line: str) -> None:
    day, days, _why = (cell.strip() for cell in line.split("|"))
    assert " ".join(one.isoformat() for one in days_of_asking(running, date.fromisoformat(day))) == days


def days_of_asking(cast: Cast, day: date) -> list[date]:
    found = asking.why(cast.owner, cast.roof, day)
    assert found is not None
    return [one.asking.day for one in found.told if one.addressed]


def test_in_a_short_week_it_is_not_asked_for_before_the_week_begins(running: Cast) -> None:
    """National Day 2023: of 2 to 8 October only Saturday and Sunday are worked."""
    Milestone.objects.filter(pk=running.roof.pk).update(due_on=date(2023, 10, 20), due_precision="day")
    running.roof.refresh_from_db()
    assert days_of_asking(running, date(2023, 10, 4)) == [date(2023, 10, 7), date(2023, 10, 8)]
