"""On which days do the steps of a ladder fall, and which of several is the one to send? Pure.

The rules are told in docs/algorithms/reminders.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import quarter_ends

FUZZY = ("quarter", "half_year", "year")
PRECISE = ("day", "month")


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A step version: in force on the days in [effective_from, effective_until). Compared by identity: a sweep loads
    each once, and answers are kept by it."""

    version: Any
    step: Any
    code: str
    anchor: str
    offset: int
    working: bool
    repeats: bool
    effective_from: date
    effective_until: date | None
    most: int | None = None
    level: str = ""
    audience: frozenset[str] = frozenset({"owner", "deputy"})
    channels: frozenset[str] = frozenset({"mail"})
    stops_when_answered: bool = False
    digestible: bool = True

    def in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_until is None or day < self.effective_until)

    @property
    def on_ladder(self) -> bool:
        return self.anchor in ("before_due", "on_due", "after_due")

    @property
    def is_notice(self) -> bool:
        return self.level != ""

    @property
    def is_escalation(self) -> bool:
        """A notice because nothing moves: what is missed of these is not made good by a later reminder."""
        return self.is_notice and self.anchor in ("after_due", "behind_pace")


@dataclass(frozen=True, slots=True)
class Deadline:
    """What of a milestone decides on which days its steps fall. `plan_start` is where quarters are counted from,
    `behind_since` the day on which it was found behind its pace, None while it keeps up."""

    due: date
    precision: str
    forecast_precision: str | None
    plan_start: date
    behind_since: date | None = None


LEVELS = ("", "blue", "yellow", "red")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One step on one day. `number` is 0 for a single step, 1, 2, … for repeats."""

    step: Step
    number: int
    day: date

    @property
    def key(self) -> tuple[Any, int]:
        """What makes it the same occurrence however the day shifts."""
        return (self.step.step, self.number)

    @property
    def rank(self) -> tuple[date, int, bool, int]:
        """The greatest is the one to send: the latest day; on one day the graver notice, and any before a reminder; a
        ladder step before a pace check, and of ladder steps the one nearer to the deadline or further past it."""
        past = self.step.offset * max(self.number, 1)
        progress = {"before_due": -self.step.offset, "on_due": 0, "after_due": past}
        return (
            self.day,
            LEVELS.index(self.step.level),
            self.step.on_ladder,
            progress.get(self.step.anchor, 0),
        )


def working_deadline(due: date, calendar: Calendar) -> date:
    """The last working day on or before the effective day."""
    return calendar.on_or_before(due)


@lru_cache(maxsize=10_000)
def occurrences(
    deadline: Deadline, steps: tuple[Step, ...], calendar: Calendar, first: date, last: date
) -> tuple[Occurrence, ...]:
    """Every occurrence on a day in [first, last], the one to send last."""
    if first > last:
        return ()
    found = [o for step in steps for o in _of_step(deadline, step, calendar, first, last) if step.in_force(o.day)]
    return tuple(sorted(found, key=lambda o: o.rank))


@lru_cache(maxsize=10_000)
def next_day(deadline: Deadline, steps: tuple[Step, ...], calendar: Calendar, after: date) -> date | None:
    """The first day after `after` on which a step falls; None when none ever does again."""
    days = [day for step in steps if (day := _next_of_step(deadline, step, calendar, after)) is not None]
    return min(days, default=None)


def day_of(deadline: Deadline, step: Step, number: int, calendar: Calendar) -> date | None:
    """The day on which this occurrence now falls; None when the step has no such occurrence any more."""
    if step.repeats and number < 1:
        return None
    for occurrence_number, day in _days(deadline, step, calendar, number):
        if occurrence_number == number:
            return day
    return None


def days_until(deadline: Deadline, step: Step, calendar: Calendar, last: date) -> Iterator[tuple[int, date]]:
    """(number, day) of the step in order, the one after `last` included: where a repeating step stops to be told."""
    for number, day in _days(deadline, step, calendar, 1):
        yield number, day
        if day > last:
            return


def _of_step(deadline: Deadline, step: Step, calendar: Calendar, first: date, last: date) -> Iterator[Occurrence]:
    start = _first_number(deadline, step, calendar, first)
    for number, day in _days(deadline, step, calendar, start):
        if day > last:
            break
        if day >= first:
            yield Occurrence(step, number, day)


def _next_of_step(deadline: Deadline, step: Step, calendar: Calendar, after: date) -> date | None:
    if step.effective_until is not None and step.effective_until <= after:
        return None
    earliest = max(after + timedelta(days=1), step.effective_from)
    for _number, day in _days(deadline, step, calendar, _first_number(deadline, step, calendar, earliest)):
        if day >= earliest:
            return day if step.in_force(day) else None
    return None


def _days(deadline: Deadline, step: Step, calendar: Calendar, start: int) -> Iterator[tuple[int, date]]:
    """(number, day) of the step in order, from number `start` on where it repeats."""
    match step.anchor:
        case "before_due":
            yield 0, _before(working_deadline(deadline.due, calendar), step, calendar)
        case "on_due":
            yield 0, working_deadline(deadline.due, calendar)
        case "after_due" if step.repeats:
            number = start
            while step.most is None or number <= step.most:
                yield number, _after(deadline.due, step.offset * number, step, calendar)
                number += 1
        case "after_due":
            yield 0, _after(deadline.due, step.offset, step, calendar)
        case "behind_pace":
            yield from _behind(deadline, step, calendar)
        case _pace_check:
            yield from _pace_checks(deadline, step, calendar)


def _first_number(deadline: Deadline, step: Step, calendar: Calendar, first: date) -> int:
    """A repeat's number not later than the first one that falls on `first` or after: where to start counting."""
    if not step.repeats or first <= deadline.due:
        return 1
    if step.working:
        passed = calendar.count(deadline.due, first - timedelta(days=1))
    else:
        passed = (calendar.previous_workday(first) - deadline.due).days  # later days off roll on to `first`
    return max(1, passed // step.offset)


def _before(deadline: date, step: Step, calendar: Calendar) -> date:
    if step.working:
        return calendar.subtract(deadline, step.offset)
    return calendar.on_or_before(deadline - timedelta(days=step.offset))


def _after(due: date, days: int, step: Step, calendar: Calendar) -> date:
    if step.working and days:
        return calendar.add(due, days)
    return calendar.on_or_after(due + timedelta(days=days))


def _behind(deadline: Deadline, step: Step, calendar: Calendar) -> Iterator[tuple[int, date]]:
    """Once a deadline, and not past it: what is overdue has steps of its own."""
    if deadline.behind_since is None:
        return
    day = _after(deadline.behind_since, step.offset, step, calendar)
    if day <= deadline.due:
        yield 0, day


def _pace_checks(deadline: Deadline, step: Step, calendar: Calendar) -> Iterator[tuple[int, date]]:
    """序时检查: `offset` days back from each quarter's last working day, for fuzzy dates without a precise forecast."""
    if deadline.precision not in FUZZY or deadline.forecast_precision in PRECISE:
        return
    ends = quarter_ends(deadline.plan_start - timedelta(days=1), _quarter_after(deadline.due))
    for number, end in enumerate(ends, start=1):
        day = _before(calendar.on_or_before(end), step, calendar)
        if day <= deadline.due:
            yield number, day


def _quarter_after(due: date) -> date:
    return due + timedelta(days=92)
