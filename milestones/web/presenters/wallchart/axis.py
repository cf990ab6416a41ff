"""What stands above the lanes, and behind them: months, weeks or days, days off, today?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from milestones.workdays import Calendar, DayKind, Precision
from milestones.workdays.periods import period_end, period_start

from .scale import Scale

DAY = timedelta(days=1)


class Zoom(StrEnum):
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Tick:
    """A line through the lanes where something begins, with its label in the axis."""

    x: float
    label: str
    css: str


@dataclass(frozen=True, slots=True)
class Run:
    """Days of one kind side by side: `css` is off, holiday or make-up."""

    x: float
    width: float
    css: str
    label: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, slots=True)
class Axis:
    """`upper` and `lower` are two lines of labels; `bands` the holidays that go through the lanes, `ribbon` every day
    off; `names` are (x, word) over the ribbon. `today` is None when it is not shown."""

    upper: tuple[Tick, ...]
    lower: tuple[Tick, ...]
    ribbon: tuple[Run, ...]
    bands: tuple[Run, ...]
    names: tuple[Run, ...]
    today: float | None
    today_label: str
    left: float
    right: float
    provisional: tuple[int, ...]


def axis(scale: Scale, zoom: Zoom, today: date, calendar: Calendar) -> Axis:
    runs = tuple(_runs(scale, calendar))
    years = range(scale.first.year, scale.last.year + 1)
    return Axis(
        upper=tuple(_quarters(scale) if zoom is Zoom.YEAR else _months(scale, _("F Y"))),
        lower=tuple(_lower(scale, zoom)),
        ribbon=runs,
        bands=tuple(run for run in runs if run.css == "holiday") if zoom is Zoom.YEAR else runs,
        names=tuple(_names(runs)),
        today=scale.x(today) if scale.holds(today) else None,
        today_label=_("Today %(day)s") % {"day": short_day(today)},
        left=scale.left,
        right=scale.right,
        provisional=tuple(year for year in years if calendar.is_provisional(year)),
    )


def short_day(day: date) -> str:
    """9-28, in English 28 Sep."""
    return date_format(day, pgettext("a short day", "j M"))


def _quarters(scale: Scale) -> Iterator[Tick]:
    words = (_("Q1"), _("Q2"), _("Q3"), _("Q4"))
    for day in _starts(scale, Precision.QUARTER):
        yield Tick(scale.edge(day), words[(day.month - 1) // 3], "quarter-line")


def _months(scale: Scale, form: str) -> Iterator[Tick]:
    for day in _starts(scale, Precision.MONTH):
        css = "quarter-line" if day.month % 3 == 1 else "month-line"
        yield Tick(scale.edge(day), date_format(day, form), css)


def _lower(scale: Scale, zoom: Zoom) -> Iterator[Tick]:
    """Months of a year, Mondays of a quarter, days of a month."""
    match zoom:
        case Zoom.YEAR:
            yield from _months(scale, _("M"))
        case Zoom.QUARTER:
            mondays = (day for day in _days(scale) if day.weekday() == 0)
            yield from (Tick(scale.edge(day), short_day(day), "week-line") for day in mondays)
        case _month:
            yield from (Tick(scale.edge(day), str(day.day), "week-line") for day in _days(scale))


def _starts(scale: Scale, precision: Precision) -> Iterator[date]:
    day = period_start(scale.first, precision)
    while day <= scale.last:
        yield max(day, scale.first)
        day = period_end(day, precision) + DAY


def _days(scale: Scale) -> Iterator[date]:
    day = scale.first
    while day <= scale.last:
        yield day
        day += DAY


def _runs(scale: Scale, calendar: Calendar) -> Iterator[Run]:
    """Days off and make-up days; a block of days off with a public holiday in it is all holiday."""
    language = get_language() or ""
    for is_off, days in groupby(_days(scale), lambda day: _sort(calendar.kind(day))):
        block = list(days)
        if is_off == "":
            continue
        names = [calendar.name(day, language) for day in block if is_off == "off"]
        known = list(dict.fromkeys(name for name in names if name))
        holiday = is_off == "off" and any(calendar.kind(day) in _HOLIDAYS for day in block)
        x, width = scale.stretch(block[0], block[-1])
        yield Run(x, width, "holiday" if holiday else is_off, _joined(known, language) if holiday else "")


_HOLIDAYS = (DayKind.HOLIDAY, DayKind.OVERRIDE_OFF)


def _sort(kind: DayKind) -> str:
    if kind in (DayKind.MAKE_UP, DayKind.OVERRIDE_ON):
        return "make-up"
    return "" if kind is DayKind.WORKDAY else "off"


def _joined(names: Iterable[str], language: str) -> str:
    """中秋国庆; a weekday that the office took off has no name of its own."""
    if language.startswith("en"):
        return ", ".join(names)
    plain = [name for name in "、".join(names).split("、") if name != "农历除夕"]  # the eve of 春节, which follows
    return "".join(name.removesuffix("节") if name[:2] in ("清明", "端午", "中秋", "国庆") else name for name in plain)


def _names(runs: Iterable[Run]) -> Iterator[Run]:
    """Holidays by name and make-up days by 班, from left to right, as far as the words do not meet."""
    reached = 0.0
    for run in runs:
        word = pgettext("ribbon of days", "work") if run.css == "make-up" else run.label
        half = sum(2 if letter > "\u2e7f" else 1 for letter in word) * 0.62 / 2
        if word and run.css != "off" and run.middle - half >= reached and run.middle + half <= 100:
            reached = run.middle + half + 0.3
            yield Run(run.x, run.width, run.css, word)
