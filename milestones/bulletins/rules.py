"""On which day does a bulletin leave, of which days does it tell, and who comes first in it? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from milestones.mail.bulletin import Unit
from milestones.workdays.calendar import Calendar

CODE = "bulletin"  # in a person's `muted_steps`: they do not want it
WORST = 3  # milestones named of each organisation
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Week:
    """A bulletin's week: `day` is the last working day of an ISO week, on which it leaves, before that day's work.

    What happened is told of [since, day), the days from the last bulletin on, so that nothing is told twice or left
    out; it is compared with [before, since). What is coming is told up to `until`, the Sunday of the week that the next
    bulletin closes.
    """

    day: date
    since: date
    before: date
    until: date


def closing(day: date, days: Calendar) -> date:
    """The last day, not after `day`, on which a bulletin leaves: weeks without any working day have none."""
    last = days.on_or_before(_sunday(day))
    return last if last <= day else days.on_or_before(_monday(day) - DAY)


def week(day: date, days: Calendar) -> Week:
    """The week of the bulletin that leaves on `day`, which is such a day."""
    since = closing(day - DAY, days)
    following = days.on_or_after(_sunday(day) + DAY)
    return Week(day, since, closing(since - DAY, days), _sunday(following))


def to_send(today: date, until: date, days: Calendar) -> Week | None:
    """The week whose bulletin is to leave on `today`, when those up to `until` have left: also one that was missed."""
    last = closing(today, days)
    return week(last, days) if last > until else None


def worst_first(unit: Unit) -> tuple[Any, ...]:
    """The order of organisations: who has most overdue, then red, late answers, missing reports, yellow."""
    counts = unit.counts
    gravity = (counts.overdue, counts.red, counts.notices_late, counts.missing, counts.yellow)
    return (*(-number for number in gravity), unit.name)


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def _sunday(day: date) -> date:
    return _monday(day) + 6 * DAY
