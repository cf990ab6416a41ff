"""Does the calendar agree with every day of the published notices?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from milestones.workdays import Calendar, DayKind
from tests.workdays.notices import NOTICES


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]


def days_off(year: int) -> set[date]:
    return {
        first + timedelta(n)
        for notice in NOTICES.values()
        for first, last in notice.blocks.values()
        for n in range((last - first).days + 1)
        if (first + timedelta(n)).year == year
    }


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_of_the_year_is_worked_as_the_notice_says(year: int) -> None:
    off, make_up = days_off(year), set(NOTICES[year].make_up)
    calendar = Calendar()
    for day in days_of(year):
        expected = day in make_up or (day.weekday() < 5 and day not in off)
        assert calendar.is_workday(day) is expected, day


@pytest.mark.parametrize("year", NOTICES)
def test_make_up_days_are_named_and_marked(year: int) -> None:
    calendar = Calendar()
    marked = [day for day in days_of(year) if calendar.kind(day) is DayKind.MAKE_UP]
    assert marked == sorted(NOTICES[year].make_up)
    assert {calendar.name(day) for day in marked} == {"班"}
    assert {calendar.name(day, "en") for day in marked} == {"make-up working day"}


@pytest.mark.parametrize("year", NOTICES)
def test_weekdays_off_are_holidays_that_carry_a_name_of_their_block(year: int) -> None:
    calendar = Calendar()
    for names, (first, last) in NOTICES[year].blocks.items():
        for step in range((last - first).days + 1):
            day = first + timedelta(step)
            if day.weekday() < 5:
                assert calendar.kind(day) is DayKind.HOLIDAY, day
                named = calendar.name(day).replace("农历除夕", "春节")
                assert set(named.split("、")) <= set(names.split("、")), day


@pytest.mark.parametrize(("year", "total"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_the_year(year: int, total: int) -> None:
    assert Calendar().count(date(year - 1, 12, 31), date(year, 12, 31)) == total


@pytest.mark.parametrize("year", NOTICES)
def test_published_years_are_not_provisional(year: int) -> None:
    assert not Calendar().is_provisional(year)
