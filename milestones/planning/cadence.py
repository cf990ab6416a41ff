"""In which periods must a milestone be reported on, by when, and is the last report current? Pure.

The rules are told in docs/algorithms/health.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import Precision, period_end, period_start

MONTHLY, WEEKLY, NONE = "monthly", "weekly", "none"
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a plan wants to hear: `every` is monthly, weekly or none; a monthly report by `report_day` (1–28);
    from `weekly_from` weeks before the milestone's effective day weekly instead (0: never)."""

    every: str = MONTHLY
    report_day: int = 28
    weekly_from: int = 8


USUAL = Cadence()


@dataclass(frozen=True, slots=True)
class Period:
    """A report as of a day in [first, last] answers it; it is expected by the end of `deadline`, a working day."""

    first: date
    last: date
    deadline: date
    weekly: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """The periods of one milestone: its cadence, its effective day, and the day since which reports are a duty.

    Periods follow one another without gaps. `as_of` is always that of the last report that counts, None without one.
    """

    cadence: Cadence
    due: date
    since: date
    days: Calendar

    def period(self, day: date) -> Period | None:
        """The period that holds `day`; None when the plan expects no reports."""
        return None if self.cadence.every == NONE else _period(day, self.cadence, self.due, self.days)

    def is_current(self, as_of: date | None, today: date) -> bool:
        """Whether the last report answers today's period, or the one before while today's may still be answered.

        Where nothing is expected everything is current.
        """
        present = self.period(today)
        if present is None:
            return True
        if as_of is None:
            return False
        return as_of >= (present.first if today > present.deadline else self._before(present).first)

    def missed(self, as_of: date | None, today: date) -> Period | None:
        """The first period whose deadline passed and that neither its own nor a later report answered."""
        first = self._first_open(as_of)
        return first if first is not None and first.deadline < today else None

    def asked_for(self, as_of: date | None, day: date) -> Period | None:
        """The report that is wanted on `day`: that of the period it lies in, until it is there. None: no report is.

        Earlier periods are not asked for one by one: this report answers them too.
        """
        present = self.period(day)
        if present is None or present.deadline < self.since or (as_of is not None and as_of >= present.first):
            return None
        return present

    def following(self, period: Period) -> Period:
        return _period(period.last + DAY, self.cadence, self.due, self.days)

    def _before(self, period: Period) -> Period:
        return _period(period.first - DAY, self.cadence, self.due, self.days)

    def _first_open(self, as_of: date | None) -> Period | None:
        """The first period that is expected and not answered, in the past or to come."""
        first = self.period(self.since)
        if first is not None and first.deadline < self.since:
            first = self.following(first)
        answered = self.period(as_of) if as_of is not None else None
        if first is None or answered is None or answered.first < first.first:
            return first
        return self.following(answered)


@lru_cache(maxsize=4096)
def _period(day: date, cadence: Cadence, due: date, days: Calendar) -> Period:
    switch = _weekly_since(cadence, due, days)
    if cadence.every == WEEKLY or (switch is not None and day >= switch):
        return _week(day, days)
    return _month(day, cadence, switch, days)


def _weekly_since(cadence: Cadence, due: date, days: Calendar) -> date | None:
    """The first Monday that is at most `weekly_from` weeks before the effective day; None when months never end."""
    if cadence.every == WEEKLY or not cadence.weekly_from:
        return None
    earliest = due - cadence.weekly_from * WEEK
    monday = _monday(earliest + 6 * DAY)
    while _last_workday(monday, days) is None:
        monday += WEEK
    return monday


def _week(day: date, days: Calendar) -> Period:
    """An ISO week; weeks without any working day are no periods, their days go to the week before."""
    first = _monday(day)
    while (deadline := _last_workday(first, days)) is None:
        first -= WEEK
    following = first + WEEK
    while _last_workday(following, days) is None:
        following += WEEK
    return Period(first, following - DAY, deadline, weekly=True)


def _month(day: date, cadence: Cadence, switch: date | None, days: Calendar) -> Period:
    """A calendar month; the last one before weeks begin holds all days until then."""
    first = period_start(day, Precision.MONTH)
    if switch is not None and _deadline(first, cadence, days) >= switch:
        first = period_start(first - DAY, Precision.MONTH)
    last = period_end(first, Precision.MONTH)
    if switch is not None and _deadline(last + DAY, cadence, days) >= switch:
        last = switch - DAY
    return Period(first, last, _deadline(first, cadence, days), weekly=False)


def _deadline(first: date, cadence: Cadence, days: Calendar) -> date:
    return month_deadline(first, cadence.report_day, days)


def month_deadline(first: date, report_day: int, days: Calendar) -> date:
    """The last working day on or before the report day, in its month in any case: at least its first working day."""
    return max(days.on_or_before(first.replace(day=report_day)), days.on_or_after(first))


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def _last_workday(monday: date, days: Calendar) -> date | None:
    """The last working day of the ISO week; make-up Saturdays and Sundays are some."""
    last = days.on_or_before(monday + 6 * DAY)
    return last if last >= monday else None
