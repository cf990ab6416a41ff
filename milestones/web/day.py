"""What kind of day is today, and how much of the year is left?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.workdays import Calendar, DayKind

LOOK_AHEAD_DAYS = 60
NEAR_DAYS = 14


@dataclass(frozen=True)
class DayStrip:
    """The line under the site's header, in words; `holiday` is empty when none is near."""

    today: str
    kind: str
    elapsed: str
    left: str
    holiday: str
    provisional: str


def strip(today: date, calendar: Calendar) -> DayStrip:
    year_end = date(today.year, 12, 31)
    left = calendar.count(today, year_end)
    return DayStrip(
        today=date_format(today, _("l, F j, Y")),
        kind=_kind(today, calendar),
        elapsed=f"{elapsed(today, date(today.year, 1, 1), year_end):.1f}%",
        left=ngettext("%(n)s working day left in the year", "%(n)s working days left in the year", left) % {"n": left},
        holiday=_holiday(today, calendar),
        provisional=_("The days off of %(year)s are not published yet.") % {"year": today.year}
        if calendar.is_provisional(today.year)
        else "",
    )


def elapsed(today: date, first: date, last: date) -> float:
    """序时进度: the share of the calendar days from `first` to `last` that have begun, in per cent, 0 to 100."""
    share = ((today - first).days + 1) / ((last - first).days + 1)
    return 100 * min(1.0, max(0.0, share))


def _kind(today: date, calendar: Calendar) -> str:
    match calendar.kind(today):
        case DayKind.MAKE_UP:
            return _("make-up working day")
        case DayKind.HOLIDAY:
            return _("public holiday")
        case kind:
            return _("working day") if kind.is_working else _("day off")


def _holiday(today: date, calendar: Calendar) -> str:
    """The next block of days off around a public holiday, and the make-up days near it."""
    ahead = [today + timedelta(days=n) for n in range(1, LOOK_AHEAD_DAYS + 1)]
    first = next((day for day in ahead if calendar.kind(day) is DayKind.HOLIDAY), None)
    if first is None:
        return ""
    start, end = _block(first, calendar, today)
    made_up = [day for day in _around(start, end) if day > today and calendar.kind(day) is DayKind.MAKE_UP]
    words = {"first": _day(start), "last": _day(end), "days": _("and").join(_day(day) for day in made_up)}
    off = _("%(first)s is a day off") if start == end else _("%(first)s to %(last)s are days off")
    return off % words + (_(", %(days)s worked instead") % words if made_up else "")


def _block(day: date, calendar: Calendar, today: date) -> tuple[date, date]:
    start = end = day
    while start - timedelta(days=1) > today and not calendar.is_workday(start - timedelta(days=1)):
        start -= timedelta(days=1)
    while not calendar.is_workday(end + timedelta(days=1)):
        end += timedelta(days=1)
    return start, end


def _around(start: date, end: date) -> Iterator[date]:
    day = start - timedelta(days=NEAR_DAYS)
    while day <= end + timedelta(days=NEAR_DAYS):
        yield day
        day += timedelta(days=1)


def _day(day: date) -> str:
    return date_format(day, _("F j"))
