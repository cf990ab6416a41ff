"""On which days does a policy ask, on the real calendar of 2023?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.planning.asking_days import Expected, Step, askings, latest
from milestones.workdays.calendar import Calendar

DAYS, D = Calendar(), timedelta(days=1)
BEFORE_3, ON_IT = Step("before-3", 3), Step("on-it")
DAILY = Step("daily", 1, repeats=True)
EVERY_3 = Step("every-3", 3, repeats=True, most=2)


def told(by: date, *steps: Step, until: date = date(2023, 12, 31), **bounds: date) -> list[str]:
    return [f"{one.day:%m-%d}" for one in askings(Expected(by, **bounds), steps, DAYS, until)]


@pytest.mark.parametrize(
    ("by", "steps", "days"),
    [
        (date(2023, 2, 28), (BEFORE_3, ON_IT), ["02-23", "02-28"]),
        (date(2023, 6, 28), (BEFORE_3, ON_IT), ["06-25", "06-28"]),  # a make-up Sunday is worked
        (date(2023, 1, 28), (BEFORE_3, ON_IT), ["01-18", "01-28"]),  # a make-up Saturday after the Spring Festival
        (date(2023, 1, 24), (ON_IT,), ["01-20"]),  # within the festival: the last working day before
        (date(2023, 1, 24), (Step("three", 3),), ["01-17"]),
        (date(2023, 1, 20), (DAILY,), ["01-28", "01-29", "01-30", "01-31"]),
        (date(2023, 1, 20), (EVERY_3,), ["01-30", "02-02"]),
        (date(2023, 1, 20), (Step("week", 7, False, repeats=True, most=2),), ["01-28", "02-03"]),
        (date(2023, 2, 28), (Step("week", 7, working=False),), ["02-21"]),
        (date(2023, 2, 5), (Step("week", 7, working=False),), ["01-20"]),  # a week before Friday the 3rd is a holiday
        (date(2023, 1, 30), (Step("week", 7, working=False),), ["01-20"]),
        (date(2023, 12, 31), (ON_IT,), ["12-29"]),
    ],
)
def test_the_days_of_asking(by: date, steps: tuple[Step, ...], days: list[str]) -> None:
    assert told(by, *steps, until=by + 11 * D if DAILY in steps else by + 20 * D) == days


def test_29_february() -> None:
    assert [
        f"{one.day}" for one in askings(Expected(date(2024, 2, 29)), [BEFORE_3, ON_IT], DAYS, date(2024, 3, 9))
    ] == [
        "2024-02-26",
        "2024-02-29",
    ]


def test_it_is_not_asked_for_before_its_days_begin() -> None:
    friday = date(2023, 6, 30)
    assert told(friday, Step("ten", 10), opens=date(2023, 6, 24)) == ["06-25"]  # the first working day of that week


def test_a_step_that_changes_tomorrow_says_today_what_it_said() -> None:
    until = date(2023, 2, 24)  # the new version counts from then on
    old, new = Step("a", 3, effective_until=until), Step("a", 1, effective_from=until)
    assert told(date(2023, 2, 28), old, new) == ["02-23", "02-27"]
    assert told(date(2023, 2, 27), old, new) == ["02-22", "02-24"]
    assert told(date(2023, 3, 1), old, new) == ["02-28"]  # the old one would have fallen on the day it ended


def test_a_repeat_that_is_shortened_goes_on_in_its_own_count() -> None:
    until = date(2023, 3, 6)
    old = Step("a", 3, repeats=True, effective_until=until)
    new = Step("a", 1, repeats=True, effective_from=until)
    assert told(date(2023, 2, 28), old, new, until=date(2023, 3, 8)) == ["03-03", "03-06", "03-07", "03-08"]


def test_what_is_given_up_is_not_asked_for() -> None:
    bounds: Any = {"closes": date(2023, 2, 28), "given_up": date(2023, 3, 2)}
    assert told(date(2023, 2, 28), ON_IT, DAILY, **bounds) == ["02-28", "03-01", "03-02"]
    assert latest(Expected(date(2023, 2, 28), **bounds), ON_IT, DAYS, date(2023, 3, 1)) is None


steps_ = st.builds(
    Step,
    st.just("a"),
    st.integers(1, 12),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(1, 4),
    effective_from=st.dates(date(2023, 1, 1), date(2023, 2, 1)),
    effective_until=st.none() | st.dates(date(2023, 2, 1), date(2023, 4, 1)),
)


@given(steps_, st.dates(date(2022, 12, 1), date(2023, 4, 30)), st.dates(date(2022, 12, 1), date(2023, 6, 30)))
def test_the_latest_is_the_last_of_all(step: Step, by: date, day: date) -> None:
    expected = Expected(by, opens=by - 20 * D, given_up=by + 60 * D, closes=by + 40 * D)
    every = askings(expected, [step], DAYS, day)
    if day > expected.until(step) or day < expected.opens:
        assert latest(expected, step, DAYS, day) is None
    else:
        assert latest(expected, step, DAYS, day) == (every[-1] if every else None)
    assert all(DAYS.is_workday(one.day) for one in every)
