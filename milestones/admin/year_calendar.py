"""What does a year look like to the office: which of its days are worked, by whose word, and where to change one?"""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones.models import DayOverride
from milestones.workdays import Calendar, DayKind

CSS = {
    DayKind.WORKDAY: "",
    DayKind.WEEKEND: "off",
    DayKind.HOLIDAY: "off holiday",
    DayKind.OVERRIDE_OFF: "off holiday",
    DayKind.MAKE_UP: "make-up",
    DayKind.OVERRIDE_ON: "make-up",
}

MONDAY_TO_SUNDAY = [date(2024, 1, day) for day in range(1, 8)]


@dataclass(frozen=True)
class Day:
    """`url` leads to its override, or to the form that declares one; `words` are what a pointer or a reader is told."""

    number: int
    css: str
    is_overridden: bool
    words: str
    url: str


@dataclass(frozen=True)
class Month:
    """Weeks of seven, Monday first; None outside the month."""

    title: str
    workdays: int
    weeks: list[list[Day | None]]


@dataclass(frozen=True)
class Year:
    number: int
    is_provisional: bool
    workdays: int
    weekdays: list[tuple[str, str]]  # in full and as short as the language has it
    months: list[Month]


def year(number: int, *, may_edit: bool) -> Year:
    """One query: the overrides are few, and all of them make the calendar."""
    declared = DayOverride.objects.values_list("day", "is_working", "pk")
    known = Calendar({day: is_working for day, is_working, pk in declared})
    overrides = {day: pk for day, is_working, pk in declared}
    drawn = [_month(number, month, known, overrides, may_edit) for month in range(1, 13)]
    return Year(
        number=number,
        is_provisional=known.is_provisional(number),
        workdays=sum(month.workdays for month in drawn),
        weekdays=[_weekday(day) for day in MONDAY_TO_SUNDAY],
        months=drawn,
    )


def _weekday(day: date) -> tuple[str, str]:
    """(星期一, 一), (Monday, Mo)"""
    name = date_format(day, "l")
    return name, name.removeprefix("星期")[:2]


def _month(number: int, month: int, known: Calendar, overrides: Mapping[date, UUID], may_edit: bool) -> Month:
    first = date(number, month, 1)
    weeks = months.Calendar().monthdatescalendar(number, month)
    days = [[_day(day, known, overrides, may_edit) if day.month == month else None for day in week] for week in weeks]
    worked = sum(known.is_workday(day) for week in weeks for day in week if day.month == month)
    return Month(title=date_format(first, "F"), workdays=worked, weeks=days)


def _day(day: date, known: Calendar, overrides: Mapping[date, UUID], may_edit: bool) -> Day:
    kind = known.kind(day)
    return Day(
        number=day.day,
        css=CSS[kind],
        is_overridden=day in overrides,
        words=_words(day, known),
        url=_url(day, kind, overrides.get(day), may_edit),
    )


def _words(day: date, known: Calendar) -> str:
    said = _("working day") if known.is_workday(day) else _("day off")
    name = known.name(day, get_language() or "zh-hans")
    return " · ".join(part for part in (date_format(day), said, name) if part)


def _url(day: date, kind: DayKind, override: UUID | None, may_edit: bool) -> str:
    if override is not None:
        return reverse("admin:milestones_dayoverride_change", args=[override])
    if not may_edit:
        return ""
    other = {"day": day.isoformat(), **({} if kind.is_working else {"is_working": "on"})}
    return f"{reverse('admin:milestones_dayoverride_add')}?{urlencode(other)}"
