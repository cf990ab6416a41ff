"""On which days do steps fall, and which of several is the one to send?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.models import ASKING_ANCHORS
from milestones.models.default_ladder import ALWAYS, LADDER
from milestones.reminders.rules import Deadline, Step, day_of, next_day, occurrences
from milestones.workdays.calendar import Calendar

CALENDAR = Calendar()
YEAR = (date(2023, 1, 1), date(2024, 1, 31))


def step(
    code: str,
    anchor: str,
    offset: int = 0,
    *,
    repeats: bool = False,
    working: bool = True,
    level: str = "",
    **period: date,
) -> Step:
    return Step(
        version=code,
        step=code,
        code=code,
        anchor=anchor,
        offset=offset,
        working=working,
        repeats=repeats,
        effective_from=period.get("since", ALWAYS),
        effective_until=period.get("until"),
        level=level,
    )


def default(code: str) -> Step:
    said = LADDER[code]
    return step(code, said["anchor"], said["offset"], repeats=said.get("repeats", False), level=said.get("level", ""))


DEFAULT = tuple(default(code) for code, said in LADDER.items() if said["anchor"] not in ASKING_ANCHORS)


def deadline(due: date, precision: str = "day", forecast: str | None = None) -> Deadline:
    return Deadline(due, precision, forecast, date(2023, 1, 1))


def days(found: Deadline, *steps: Step, first: date = YEAR[0], last: date = YEAR[1]) -> list[tuple[str, int, str]]:
    return [(o.step.code, o.number, o.day.isoformat()) for o in occurrences(found, steps, CALENDAR, first, last)]


def test_the_default_ladder_of_a_year_end_promise() -> None:
    """年内 of 2023: the 31st is a Sunday, the working deadline is Friday the 29th."""
    assert days(deadline(date(2023, 12, 31), "year"), *DEFAULT) == [
        ("pace-check", 1, "2023-03-24"),
        ("pace-check", 2, "2023-06-25"),  # a make-up Sunday
        ("pace-check", 3, "2023-09-21"),
        ("before-30", 0, "2023-11-17"),
        ("before-14", 0, "2023-12-11"),
        ("before-7", 0, "2023-12-20"),
        ("pace-check", 4, "2023-12-22"),
        ("before-3", 0, "2023-12-26"),
        ("before-1", 0, "2023-12-28"),
        ("due", 0, "2023-12-29"),
        ("overdue-3", 1, "2024-01-04"),
        ("overdue-5", 0, "2024-01-08"),  # the yellow notice
        ("overdue-3", 2, "2024-01-09"),
        ("overdue-3", 3, "2024-01-12"),
        ("overdue-3", 4, "2024-01-17"),
        ("overdue-3", 5, "2024-01-22"),
        ("overdue-15", 0, "2024-01-22"),  # the red notice, which is the one to send
        ("overdue-3", 6, "2024-01-25"),
        ("overdue-3", 7, "2024-01-30"),
    ]


@pytest.mark.parametrize(
    ("due", "rung", "expected"),
    [
        (date(2023, 6, 30), step("b", "before_due", 5), "2023-06-25"),  # back over the Dragon Boat days, onto a Sunday
        (date(2023, 10, 7), step("d", "on_due"), "2023-10-07"),  # a make-up Saturday is a deadline like any other
        (date(2023, 10, 6), step("d", "on_due"), "2023-09-28"),  # the whole week before is free
        (date(2023, 1, 27), step("b", "before_due", 1), "2023-01-19"),  # Spring Festival: 20 Jan is the deadline
        (date(2024, 2, 29), step("b", "before_due", 1), "2024-02-28"),
        (date(2023, 12, 31), step("a", "after_due", 1), "2024-01-02"),  # the first working day overdue
        (date(2023, 6, 30), step("c", "before_due", 7, working=False), "2023-06-21"),  # the 23rd is free: earlier
        (date(2023, 9, 28), step("c", "after_due", 3, working=False), "2023-10-07"),  # 1 October is free: later
    ],
)
def test_one_step_falls_on(due: date, rung: Step, expected: str) -> None:
    found = occurrences(deadline(due), (rung,), CALENDAR, due - timedelta(60), due + timedelta(60))
    assert [o.day.isoformat() for o in found] == [expected]


@pytest.mark.parametrize(
    ("precision", "forecast", "checks"),
    [
        ("year", None, 4),
        ("half_year", None, 4),
        ("quarter", None, 4),
        ("month", None, 0),
        ("day", None, 0),
        ("year", "quarter", 4),
        ("year", "month", 0),
        ("year", "day", 0),
    ],
)
def test_the_pace_is_checked_while_nobody_knows_the_month(precision: str, forecast: str | None, checks: int) -> None:
    check = step("pace", "pace_check", 5)
    assert len(days(deadline(date(2023, 12, 31), precision, forecast), check)) == checks


def test_the_pace_is_not_checked_after_the_deadline() -> None:
    assert days(deadline(date(2023, 6, 30), "quarter"), step("pace", "pace_check", 5)) == [
        ("pace", 1, "2023-03-24"),
        ("pace", 2, "2023-06-25"),
    ]


def test_on_one_day_the_step_nearer_to_the_deadline_is_sent_and_a_ladder_step_beats_a_pace_check() -> None:
    same_day = (
        step("near", "before_due", 5),
        step("pace", "pace_check", 5),
        step("far", "before_due", 7, working=False),
    )
    found = occurrences(
        deadline(date(2023, 3, 31), "quarter"), same_day, CALENDAR, date(2023, 3, 24), date(2023, 3, 24)
    )
    assert [o.step.code for o in found] == ["pace", "far", "near"]


def test_a_step_counts_only_on_days_on_which_its_version_is_in_force() -> None:
    old = step("s", "before_due", 10, until=date(2023, 6, 1))
    new = step("s", "before_due", 5, since=date(2023, 6, 1))
    assert days(deadline(date(2023, 5, 31)), old, new) == [("s", 0, "2023-05-17")]
    assert days(deadline(date(2023, 8, 31)), old, new) == [("s", 0, "2023-08-24")]


def test_an_override_moves_a_step() -> None:
    free = Calendar({date(2023, 12, 28): False})
    found = occurrences(deadline(date(2023, 12, 29)), (step("b", "before_due", 1),), free, *YEAR)
    assert [o.day for o in found] == [date(2023, 12, 27)]


DUE = st.dates(date(2022, 1, 1), date(2027, 12, 31))


@given(due=DUE, precision=st.sampled_from(["day", "month", "quarter", "year"]), after=DUE)
def test_the_next_day_is_the_first_on_which_something_occurs(due: date, precision: str, after: date) -> None:
    """`next_day` wakes the sweep: were it late, a reminder would be."""
    one = Deadline(due, precision, None, date(due.year, 1, 1))
    until = max(after, due) + timedelta(days=40)
    found = occurrences(one, DEFAULT, CALENDAR, after + timedelta(days=1), until)
    assert next_day(one, DEFAULT, CALENDAR, after) == min(o.day for o in found)


@given(due=DUE, first=DUE, length=st.integers(0, 400))
def test_occurrences_lie_in_the_window_on_working_days_once_each(due: date, first: date, length: int) -> None:
    one = Deadline(due, "year", None, date(due.year, 1, 1))
    last = first + timedelta(days=length)
    found = occurrences(one, DEFAULT, CALENDAR, first, last)
    assert all(first <= o.day <= last and CALENDAR.is_workday(o.day) for o in found)
    assert len({o.key for o in found}) == len(found)
    assert all(day_of(one, o.step, o.number, CALENDAR) == o.day for o in found)


@given(due=DUE, first=DUE, middle=st.integers(0, 200), length=st.integers(0, 200))
def test_looking_twice_sees_the_same_as_looking_once(due: date, first: date, middle: int, length: int) -> None:
    one = Deadline(due, "quarter", None, date(due.year, 1, 1))
    halfway, last = first + timedelta(days=middle), first + timedelta(days=middle + length + 1)
    whole = occurrences(one, DEFAULT, CALENDAR, first, last)
    parts = occurrences(one, DEFAULT, CALENDAR, first, halfway)
    rest = occurrences(one, DEFAULT, CALENDAR, halfway + timedelta(days=1), last)
    assert whole == parts + rest
