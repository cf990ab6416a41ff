"""Which report is expected in which period, by which working day, and is the last one current?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.planning.cadence import Cadence, Period, Schedule
from milestones.workdays.calendar import Calendar

DAYS = Calendar()
MONTHLY = Cadence("monthly", 28, 8)
WEEKLY = Cadence("weekly")
YEAR_END = date(2023, 12, 31)
SINCE = date(2023, 1, 12)


def day(text: str) -> date:
    return date.fromisoformat(text)


def schedule(cadence: Cadence = MONTHLY, due: date = YEAR_END, since: date = SINCE, days: Calendar = DAYS) -> Schedule:
    return Schedule(cadence, due, since, days)


# a day | first day, last day and deadline of its period | why
YEAR = """
2023-01-12 | 2023-01-01 2023-01-31 2023-01-28 | Saturday 28 January is a make-up day after the Spring Festival
2023-02-01 | 2023-02-01 2023-02-28 2023-02-28 | a Tuesday
2023-04-30 | 2023-04-01 2023-04-30 2023-04-28 | the month goes on after its report was due
2023-05-15 | 2023-05-01 2023-05-31 2023-05-26 | 28 May is a Sunday: the Friday before
2023-10-10 | 2023-10-01 2023-11-05 2023-10-27 | 28 October is a Saturday; the last month goes on until weeks begin
2023-11-05 | 2023-10-01 2023-11-05 2023-10-27 | days of November before the first week
2023-11-06 | 2023-11-06 2023-11-12 2023-11-10 | the eighth week before 31 December
2023-12-31 | 2023-12-25 2023-12-31 2023-12-29 | the last week of the year
2024-01-01 | 2024-01-01 2024-01-07 2024-01-05 | overdue, weeks go on; 1 January is a holiday, the week is not
2024-02-08 | 2024-02-05 2024-02-11 2024-02-09 | Friday 9 February 2024 is worked, New Year's Eve
2024-02-12 | 2024-02-12 2024-02-18 2024-02-18 | all of it is the Spring Festival but the make-up Sunday
"""


@pytest.mark.parametrize("line", YEAR.strip().splitlines())
def test_periods_of_a_milestone_due_at_the_end_of_2023(line: str) -> None:
    when, period, _why = (cell.strip() for cell in line.split("|"))
    found = schedule().period(day(when))
    assert found is not None
    assert [found.first, found.last, found.deadline] == [day(part) for part in period.split()]


# effective day, weeks | the last day of months | the first weekly deadline
SWITCHES = """
2023-12-31 8 | 2023-11-05 | 2023-11-10 | Sunday: eight whole weeks end with it
2023-12-29 8 | 2023-11-05 | 2023-11-10 | Friday of the same week
2024-01-01 8 | 2023-11-05 | 2023-11-10 | Monday: eight whole weeks lie before its own
2023-12-31 2 | 2023-12-17 | 2023-12-22 | two weeks
2023-10-20 2 | 2023-10-08 | 2023-10-13 | the week of National Day is still monthly: it begins 18 days before
2023-09-30 1 | 2023-09-24 | 2023-09-28 | the 29th is a holiday
"""


@pytest.mark.parametrize("line", SWITCHES.strip().splitlines())
def test_months_become_weeks_near_the_deadline(line: str) -> None:
    when, last, deadline, _why = (cell.strip() for cell in line.split("|"))
    due, weeks = when.split()
    one = schedule(Cadence("monthly", 28, int(weeks)), day(due))
    before, after = one.period(day(last)), one.period(day(last) + timedelta(days=1))
    assert before is not None
    assert after is not None
    assert (before.weekly, before.last, after.weekly, after.deadline) == (False, day(last), True, day(deadline))


def test_weekly_from_zero_means_months_for_ever() -> None:
    found = schedule(Cadence("monthly", 28, 0)).period(day("2024-03-03"))
    assert found == Period(day("2024-03-01"), day("2024-03-31"), day("2024-03-28"), weekly=False)


def test_a_weekly_plan_has_weeks_from_the_beginning() -> None:
    assert schedule(WEEKLY).period(SINCE) == Period(day("2023-01-09"), day("2023-01-15"), day("2023-01-13"), True)


def test_a_week_without_working_days_is_part_of_the_week_before() -> None:
    free = {date(2023, 5, 8) + timedelta(days=n): False for n in range(7)}
    found = schedule(WEEKLY, days=Calendar(free)).period(day("2023-05-10"))
    assert found == Period(day("2023-05-01"), day("2023-05-14"), day("2023-05-06"), weekly=True)  # a make-up Saturday


def test_a_report_day_in_a_holiday_at_the_beginning_of_a_month_stays_in_its_month() -> None:
    found = schedule(Cadence("monthly", 3, 0)).period(day("2023-10-09"))
    assert found is not None
    assert found.deadline == day("2023-10-07")  # the make-up Saturday, not the 28th of September


def test_a_plan_that_wants_no_reports_misses_none() -> None:
    one = schedule(Cadence("none"))
    assert one.period(SINCE) is None
    assert one.is_current(None, YEAR_END)
    assert one.missed(None, YEAR_END) is one.asked_for(None, YEAR_END) is None


# the last report | today | is it current? | deadline of the first report missed | deadline of the one asked for
REPORTED = """
-          | 2023-01-12 | no  | -          | 2023-01-28 | the duty began today
-          | 2023-01-28 | no  | -          | 2023-01-28 | the deadline itself is not late
-          | 2023-01-29 | no  | 2023-01-28 | 2023-01-28 | the day after is
-          | 2023-02-03 | no  | 2023-01-28 | 2023-02-28 | what is asked for is February's, which answers both
2023-01-20 | 2023-01-29 | yes | -          | -          | January is answered
2023-01-20 | 2023-02-28 | yes | -          | 2023-02-28 | until February's deadline January's counts
2023-01-20 | 2023-03-01 | no  | 2023-02-28 | 2023-03-28 | and no longer
2023-02-01 | 2023-03-28 | yes | -          | 2023-03-28 | as of the first day of the month is of the month
2023-01-31 | 2023-02-28 | yes | -          | 2023-02-28 | as of the last day of January, after its deadline
2023-01-31 | 2023-05-01 | no  | 2023-02-28 | 2023-05-26 | the first of several missed is named
2023-11-03 | 2023-11-10 | yes | -          | 2023-11-10 | October's extended month, before the first week's deadline
2023-11-03 | 2023-11-11 | no  | 2023-11-10 | 2023-11-10 | the first week passed
2023-11-06 | 2023-11-17 | yes | -          | 2023-11-17 | last week's
2023-12-25 | 2023-12-31 | yes | -          | -          | the week of the deadline
"""


@pytest.mark.parametrize("line", REPORTED.strip().splitlines())
def test_what_the_last_report_answers(line: str) -> None:
    last, now, current, missed, asked, _why = (cell.strip() for cell in line.split("|"))
    as_of, today = None if last == "-" else day(last), day(now)
    one = schedule()
    late, wanted = one.missed(as_of, today), one.asked_for(as_of, today)
    assert ("yes" if one.is_current(as_of, today) else "no") == current
    assert (late.deadline.isoformat() if late else "-") == missed
    assert (wanted.deadline.isoformat() if wanted else "-") == asked


# the duty began | deadline of the first report expected
BEGINNINGS = """
2023-05-26 | 2023-05-26 | on the deadline of May
2023-05-27 | 2023-06-28 | the day after: May is nobody's duty any more
2023-11-01 | 2023-11-10 | between October's deadline and the first week
2023-11-10 | 2023-11-10 | Friday of the first week
2023-11-11 | 2023-11-17 | Saturday of the first week
"""


@pytest.mark.parametrize("line", BEGINNINGS.strip().splitlines())
def test_nothing_is_expected_before_the_duty_began(line: str) -> None:
    since, deadline, _why = (cell.strip() for cell in line.split("|"))
    one = schedule(since=day(since))
    missed = one.missed(None, YEAR_END)
    assert missed is not None
    assert missed.deadline == day(deadline)
    assert one.missed(None, missed.deadline) is None


days_of_two_years = st.dates(date(2023, 1, 1), date(2024, 12, 31))


@given(
    days_of_two_years, days_of_two_years, st.sampled_from(["monthly", "weekly"]), st.integers(1, 28), st.integers(0, 52)
)
def test_periods_follow_one_another_without_gaps(when: date, due: date, every: str, on: int, weeks: int) -> None:
    one = schedule(Cadence(every, on, weeks), due)
    period = one.period(when)
    assert period is not None
    assert period.first <= when <= period.last
    assert period.first <= period.deadline <= period.last
    assert DAYS.is_workday(period.deadline)
    assert one.period(period.first) == one.period(period.last) == period
    following = one.following(period)
    assert (following.first, following.deadline > period.deadline) == (period.last + timedelta(days=1), True)


@given(st.lists(days_of_two_years, min_size=3, max_size=3).map(sorted), days_of_two_years)
def test_who_reports_in_each_period_is_never_late(three: list[date], due: date) -> None:
    since, as_of, today = three
    one = schedule(due=due, since=since)
    period, present = one.period(as_of), one.period(today)
    if period == present:
        assert one.missed(as_of, today) is None
        assert one.is_current(as_of, today)
        assert one.asked_for(as_of, today) is None
