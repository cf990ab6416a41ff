"""Do steps and counts keep their promises on any day, with any overrides?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.workdays import Calendar, DayKind

CHINA = Calendar()
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
NEAR = st.dates(date(2022, 6, 1), date(2028, 6, 30))
STEPS = st.integers(1, 700)
OVERRIDES = st.dictionaries(st.dates(date(2022, 6, 1), date(2028, 6, 30)), st.booleans(), max_size=40)


class TestPromisesOnAnyDay:
    @given(DAYS, STEPS)
    def test_adding_then_subtracting_returns(self, day: date, n: int) -> None:
        start = CHINA.on_or_after(day)
        assert CHINA.subtract(CHINA.add(start, n), n) == start
        assert CHINA.add(CHINA.subtract(start, n), n) == start

    @given(NEAR, st.integers(1, 80), OVERRIDES)
    def test_adding_then_subtracting_returns_with_overrides(
        self, day: date, n: int, overrides: dict[date, bool]
    ) -> None:
        calendar = Calendar(overrides)
        start = calendar.on_or_after(day)
        assert calendar.subtract(calendar.add(start, n), n) == start

    @given(DAYS, DAYS, DAYS)
    def test_counting_is_additive(self, a: date, b: date, c: date) -> None:
        assert CHINA.count(a, b) + CHINA.count(b, c) == CHINA.count(a, c)

    @given(NEAR, st.integers(0, 500), OVERRIDES)
    def test_counting_agrees_with_looking_at_each_day(
        self, after: date, span: int, overrides: dict[date, bool]
    ) -> None:
        calendar = Calendar(overrides)
        seen = sum(calendar.is_workday(after + timedelta(n)) for n in range(1, span + 1))
        assert calendar.count(after, after + timedelta(span)) == seen
        assert calendar.count(after + timedelta(span), after) == -seen

    @given(DAYS, STEPS)
    def test_the_count_to_the_day_added_is_the_number_added(self, day: date, n: int) -> None:
        assert CHINA.count(day, CHINA.add(day, n)) == n

    @given(DAYS, st.integers(0, 400), STEPS)
    def test_steps_are_monotone(self, day: date, later: int, n: int) -> None:
        other = day + timedelta(later)
        assert CHINA.add(day, n) <= CHINA.add(other, n)
        assert CHINA.subtract(day, n) <= CHINA.subtract(other, n)
        assert CHINA.add(day, n) < CHINA.add(day, n + 1)

    @given(NEAR, OVERRIDES)
    def test_neighbours_are_the_nearest_working_days(self, day: date, overrides: dict[date, bool]) -> None:
        calendar = Calendar(overrides)
        before, after = calendar.previous_workday(day), calendar.next_workday(day)
        assert before < day < after
        assert calendar.is_workday(before)
        assert calendar.is_workday(after)
        between = [before + timedelta(n) for n in range(1, (after - before).days)]
        assert [d for d in between if calendar.is_workday(d)] == [day] * calendar.is_workday(day)
        assert calendar.on_or_before(day) == (day if calendar.is_workday(day) else before)
        assert calendar.on_or_after(day) == (day if calendar.is_workday(day) else after)
        assert calendar.add(day, 1) == after
        assert calendar.subtract(day, 1) == before

    @given(DAYS, STEPS)
    def test_a_negative_number_goes_the_other_way(self, day: date, n: int) -> None:
        assert CHINA.add(day, -n) == CHINA.subtract(day, n)
        assert CHINA.subtract(day, -n) == CHINA.add(day, n)

    @given(DAYS)
    def test_nothing_added_stays_on_the_day(self, day: date) -> None:
        assert CHINA.add(day, 0) == CHINA.subtract(day, 0) == day

    @given(NEAR, OVERRIDES)
    def test_the_kind_says_whether_the_day_is_worked(self, day: date, overrides: dict[date, bool]) -> None:
        calendar = Calendar(overrides)
        assert calendar.kind(day).is_working == calendar.is_workday(day)


class TestKnownDays:
    def test_the_last_working_day_of_2023(self) -> None:
        assert CHINA.on_or_before(date(2023, 12, 31)) == date(2023, 12, 29)

    def test_the_first_working_day_of_2024(self) -> None:
        assert CHINA.next_workday(date(2023, 12, 31)) == date(2024, 1, 2)

    def test_thirty_working_days_before_the_end_of_2023(self) -> None:
        assert CHINA.subtract(date(2023, 12, 29), 30) == date(2023, 11, 17)

    def test_one_working_day_overdue_after_the_year(self) -> None:
        assert CHINA.count(date(2023, 12, 31), date(2024, 1, 1)) == 0
        assert CHINA.count(date(2023, 12, 31), date(2024, 1, 2)) == 1

    def test_spring_festival_is_stepped_over_onto_a_make_up_saturday(self) -> None:
        assert CHINA.next_workday(date(2023, 1, 20)) == date(2023, 1, 28)
        assert CHINA.add(date(2023, 1, 20), 2) == date(2023, 1, 29)
        assert CHINA.previous_workday(date(2023, 1, 28)) == date(2023, 1, 20)

    def test_the_make_up_weekend_after_national_day_counts(self) -> None:
        assert CHINA.count(date(2023, 9, 28), date(2023, 10, 8)) == 2

    def test_a_leap_day_is_a_working_day_like_another(self) -> None:
        assert CHINA.is_workday(date(2024, 2, 29))
        assert CHINA.add(date(2024, 2, 28), 1) == date(2024, 2, 29)
        assert CHINA.add(date(2024, 2, 29), 1) == date(2024, 3, 1)

    def test_a_step_over_a_year_end_with_a_holiday(self) -> None:
        assert CHINA.add(date(2025, 12, 31), 1) == date(2026, 1, 4)

    def test_a_step_over_many_years(self) -> None:
        far = CHINA.add(date(1990, 1, 1), 20_000)
        assert CHINA.count(date(1990, 1, 1), far) == 20_000

    def test_days_in_lieu_take_the_name_of_their_holiday(self) -> None:
        assert CHINA.name(date(2023, 10, 6)) == "国庆节"
        assert CHINA.name(date(2023, 10, 6), "en") == "National Day"
        assert CHINA.name(date(2023, 10, 9)) == ""

    def test_make_up_days_of_other_years_do_not_leak(self) -> None:
        assert CHINA.kind(date(2001, 12, 29)) is DayKind.MAKE_UP
        assert not any(CHINA.kind(date(y, 12, 31)) is DayKind.MAKE_UP for y in range(2012, 2030))


class TestProvisionalYears:
    @pytest.mark.parametrize("year", [2027, 2028, 2050, 2100, 2200])
    def test_a_year_without_make_up_days_is_provisional(self, year: int) -> None:
        assert CHINA.is_provisional(year)

    def test_a_provisional_year_is_monday_to_friday_minus_statutory_days(self) -> None:
        assert not CHINA.is_workday(date(2027, 10, 1))
        assert CHINA.is_workday(date(2027, 10, 8))
        assert not CHINA.is_workday(date(2027, 10, 9))

    def test_an_override_does_not_pretend_that_the_notice_is_out(self) -> None:
        assert Calendar({date(2027, 10, 9): True}).is_provisional(2027)


class TestOverrides:
    OFF, ON = date(2023, 9, 21), date(2023, 9, 23)

    def test_both_ways(self) -> None:
        calendar = Calendar({self.OFF: False, self.ON: True})
        assert calendar.kind(self.OFF) is DayKind.OVERRIDE_OFF
        assert calendar.kind(self.ON) is DayKind.OVERRIDE_ON
        assert calendar.next_workday(date(2023, 9, 20)) == date(2023, 9, 22)
        assert calendar.next_workday(date(2023, 9, 22)) == self.ON

    def test_a_make_up_day_can_be_taken_off_and_a_holiday_put_on(self) -> None:
        calendar = Calendar({date(2023, 10, 7): False, date(2023, 10, 6): True})
        assert calendar.on_or_before(date(2023, 10, 7)) == date(2023, 10, 6)

    def test_an_override_that_changes_nothing_keeps_the_published_kind(self) -> None:
        assert Calendar({self.OFF: True}).kind(self.OFF) is DayKind.WORKDAY

    def test_the_mapping_given_is_copied(self) -> None:
        given_mapping = {self.OFF: False}
        calendar = Calendar(given_mapping)
        given_mapping[self.OFF] = True
        assert not calendar.is_workday(self.OFF)
        assert calendar == Calendar({self.OFF: False})
        assert hash(calendar) == hash(Calendar({self.OFF: False}))

    def test_a_year_taken_off_whole_is_stepped_over(self) -> None:
        whole = {date(2023, 1, 1) + timedelta(n): False for n in range(365)}
        calendar = Calendar(whole)
        assert calendar.next_workday(date(2022, 12, 30)) == date(2024, 1, 2)
        assert calendar.previous_workday(date(2024, 1, 2)) == date(2022, 12, 30)


class TestFingerprint:
    def test_the_same_days_give_the_same_digits(self) -> None:
        assert CHINA.fingerprint([2024, 2023, 2023]) == Calendar().fingerprint([2023, 2024])
        assert len(CHINA.fingerprint([2023])) == 32

    def test_an_override_that_changes_a_day_changes_them(self) -> None:
        changed = Calendar({date(2023, 9, 21): False})
        assert changed.fingerprint([2023]) != CHINA.fingerprint([2023])
        assert changed.fingerprint([2024]) == CHINA.fingerprint([2024])

    def test_an_override_that_changes_nothing_does_not(self) -> None:
        assert Calendar({date(2023, 9, 21): True}).fingerprint([2023]) == CHINA.fingerprint([2023])

    def test_a_published_year_never_changes(self) -> None:
        assert CHINA.fingerprint([2023]) == "5af94cd6ad32a394d713fb41545a93f8"
