"""On which day does a bulletin leave, of which days does it tell, and who stands first?"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from milestones.bulletins.rules import DAY, closing, to_send, week, worst_first
from milestones.mail.bulletin import Counts, Unit
from milestones.workdays.calendar import Calendar

DAYS = Calendar()
YEARS = [date(2023, 1, 1) + timedelta(days=n) for n in range(3 * 365)]


@pytest.mark.parametrize(
    ("why", "day", "since", "until"),
    [
        ("a plain week", date(2023, 2, 24), date(2023, 2, 17), date(2023, 3, 5)),
        ("the last day before the Spring Festival", date(2023, 1, 20), date(2023, 1, 13), date(2023, 1, 29)),
        ("the festival's week ends with a make-up Sunday", date(2023, 1, 29), date(2023, 1, 20), date(2023, 2, 5)),
        ("after it", date(2023, 2, 3), date(2023, 1, 29), date(2023, 2, 12)),
        ("a make-up Sunday before Labour Day", date(2023, 4, 23), date(2023, 4, 14), date(2023, 4, 30)),
        ("Thursday, when Friday is off", date(2023, 9, 28), date(2023, 9, 22), date(2023, 10, 8)),
        ("the make-up Sunday after the National Day", date(2023, 10, 8), date(2023, 9, 28), date(2023, 10, 15)),
        ("the end of a year", date(2023, 12, 29), date(2023, 12, 22), date(2024, 1, 7)),
        ("the first one of a year", date(2024, 1, 5), date(2023, 12, 29), date(2024, 1, 14)),
    ],
)
def test_the_last_working_day_of_the_week_closes_it(why: str, day: date, since: date, until: date) -> None:
    assert closing(day, DAYS) == day
    found = week(day, DAYS)
    assert (found.since, found.until) == (since, until)
    assert found.before == week(since, DAYS).since


def test_a_week_without_any_working_day_has_none() -> None:
    monday = date(2023, 5, 15)
    shut = Calendar({monday + timedelta(days=n): False for n in range(7)})
    sent = [day for day in YEARS if closing(day, shut) == day]
    assert not any(monday <= day < monday + timedelta(days=7) for day in sent)
    assert week(date(2023, 5, 12), shut).until == date(2023, 5, 28)  # what falls in between is told before
    assert week(date(2023, 5, 26), shut).since == date(2023, 5, 12)


def test_over_years_no_day_is_told_twice_or_left_out() -> None:
    weeks = [week(day, DAYS) for day in YEARS if closing(day, DAYS) == day]
    assert all(first.day == second.since for first, second in pairwise(weeks))
    assert all(one.day <= one.until for one in weeks)
    assert all(second.day <= first.until for first, second in pairwise(weeks))
    assert all(DAYS.is_workday(one.day) for one in weeks)
    assert len({one.day.isocalendar()[:2] for one in weeks}) == len(weeks)


def test_one_that_was_missed_leaves_on_the_next_working_day() -> None:
    friday, monday = date(2023, 2, 24), date(2023, 2, 27)
    assert to_send(friday, friday - DAY, DAYS) == to_send(monday, friday - DAY, DAYS) == week(friday, DAYS)
    assert to_send(monday, friday, DAYS) is None
    assert to_send(date(2023, 2, 23), date(2023, 2, 22), DAYS) is None


def test_the_worst_stands_first() -> None:
    units = [
        Unit(1, "a", Counts(total=9)),
        Unit(2, "b", Counts(overdue=1, red=1)),
        Unit(3, "c", Counts(overdue=1, red=2)),
        Unit(4, "d", Counts(overdue=2)),
        Unit(5, "e", Counts(missing=3)),
        Unit(6, "f", Counts(notices_late=1)),
    ]
    assert [unit.name for unit in sorted(units, key=worst_first)] == ["d", "c", "b", "f", "e", "a"]


def test_counts_add_up() -> None:
    assert Counts(overdue=1, granted_before=2) + Counts(overdue=2, total=4) == Counts(
        total=4, overdue=3, granted_before=2
    )
