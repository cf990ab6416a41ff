"""Does a fuzzy date hold its period's last day, whatever is done with it?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.workdays import FuzzyDate, NotPeriodEnd, Precision
from milestones.workdays.periods import period_of, period_start, quarter_ends

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
PRECISIONS = st.sampled_from(Precision)


@pytest.mark.parametrize(
    ("code", "on", "precision", "start"),
    [
        ("2023", date(2023, 12, 31), Precision.YEAR, date(2023, 1, 1)),
        ("2023H1", date(2023, 6, 30), Precision.HALF_YEAR, date(2023, 1, 1)),
        ("2023H2", date(2023, 12, 31), Precision.HALF_YEAR, date(2023, 7, 1)),
        ("2023Q1", date(2023, 3, 31), Precision.QUARTER, date(2023, 1, 1)),
        ("2023Q3", date(2023, 9, 30), Precision.QUARTER, date(2023, 7, 1)),
        ("2023-06", date(2023, 6, 30), Precision.MONTH, date(2023, 6, 1)),
        ("2024-02", date(2024, 2, 29), Precision.MONTH, date(2024, 2, 1)),
        ("2023-06-15", date(2023, 6, 15), Precision.DAY, date(2023, 6, 15)),
    ],
)
def test_plain_codes(code: str, on: date, precision: Precision, start: date) -> None:
    fuzzy = FuzzyDate.parse(code)
    assert fuzzy == FuzzyDate(on, precision)
    assert (fuzzy.start, fuzzy.end, fuzzy.effective_day) == (start, on, on)
    assert str(fuzzy) == code
    assert fuzzy.is_fuzzy is (precision is not Precision.DAY)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "23",
        "2023H3",
        "2023Q0",
        "2023Q5",
        "2023-13",
        "2023-02-30",
        "2023-6",
        "2023年",
        "0000",
        "２０２３",
    ],
)
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=r"is not|out of range|must be in"):
        FuzzyDate.parse(code)


@pytest.mark.parametrize(
    ("on", "precision", "right_day"),
    [
        (date(2023, 12, 30), Precision.YEAR, date(2023, 12, 31)),
        (date(2023, 1, 1), Precision.HALF_YEAR, date(2023, 6, 30)),
        (date(2023, 9, 29), Precision.QUARTER, date(2023, 9, 30)),
        (date(2024, 2, 28), Precision.MONTH, date(2024, 2, 29)),
    ],
)
def test_another_day_than_the_last_is_refused_with_the_right_one(
    on: date, precision: Precision, right_day: date
) -> None:
    with pytest.raises(NotPeriodEnd) as caught:
        FuzzyDate(on, precision)
    assert caught.value.right_day == right_day


def test_a_stored_word_becomes_a_precision() -> None:
    assert FuzzyDate(date(2023, 12, 31), "year").precision is Precision.YEAR  # type: ignore[arg-type]


@given(DAYS, PRECISIONS)
def test_a_day_lies_in_its_period(day: date, precision: Precision) -> None:
    period = period_of(day, precision)
    assert period.start <= day <= period.end
    assert period_start(period.end, precision) == period.start
    assert FuzzyDate.parse(str(period)) == period
    if precision is not Precision.DAY:
        assert period_of(period.end + timedelta(days=1), precision).start == period.end + timedelta(1)


@given(DAYS, PRECISIONS, st.integers(-50, 50))
def test_a_period_rebased_stays_the_same_period_of_its_year(day: date, precision: Precision, years: int) -> None:
    period = period_of(day, precision)
    moved = period.rebase(years)
    assert moved.precision is precision
    assert moved.on.year == period.on.year + years
    assert moved.on.month == period.on.month
    if precision is not Precision.DAY:
        assert str(moved)[4:] == str(period)[4:]


def test_a_leap_day_rebased() -> None:
    leap = date(2024, 2, 29)
    assert FuzzyDate(leap).rebase(1).on == date(2025, 2, 28)
    assert FuzzyDate(leap).rebase(4).on == date(2028, 2, 29)
    assert FuzzyDate(leap, Precision.MONTH).rebase(-1).on == date(2023, 2, 28)
    assert FuzzyDate(date(2023, 2, 28), Precision.MONTH).rebase(1).on == leap
    assert FuzzyDate(date(2023, 2, 28)).rebase(1).on == date(2024, 2, 28)


def test_quarter_ends_between_two_days() -> None:
    year = [date(2023, 3, 31), date(2023, 6, 30), date(2023, 9, 30), date(2023, 12, 31)]
    assert quarter_ends(date(2022, 12, 31), date(2023, 12, 31)) == year
    assert quarter_ends(date(2023, 3, 31), date(2023, 9, 29)) == year[1:2]
    assert quarter_ends(date(2023, 4, 1), date(2023, 3, 1)) == []
