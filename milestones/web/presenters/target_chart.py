"""Where do a target's readings, pace line, goal and projection run in the chart of its period?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones import wording as dates
from milestones.models import Target
from milestones.targets import wording
from milestones.targets.course import Course
from milestones.targets.figures import Figure, Promise
from milestones.targets.pace import Pace
from milestones.web.presenters.curve import Tick
from milestones.workdays.periods import Precision, period_end

LEFT, RIGHT, TOP, BOTTOM = 70.0, 690.0, 24.0, 300.0
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class Dot:
    """A reading; `css` is provisional, final or old (corrected since). `label` says it in words."""

    x: float
    y: float
    css: str
    label: str


@dataclass(frozen=True)
class Chart:
    """Paths in a view box of 760 by 340. Empty text and None: there is nothing to draw.

    `goals` are the heights of the promised value(s); `between` is (y, height) of the range they enclose.
    """

    goals: list[Tick]
    between: tuple[float, float] | None
    pace: str
    line: str
    dots: list[Dot]
    ahead: str
    band: str
    end: tuple[float, float, str] | None
    today_x: float | None
    today_end: bool
    months: list[Tick]
    levels: list[Tick]


class _Frame:
    def __init__(self, promise: Promise, values: Iterable[Decimal]) -> None:
        given = list(values)
        low, high = min(given), max(given)
        room = (high - low) or abs(high) or Decimal(1)
        self.step = _step(room)
        self.low = (low / self.step).to_integral_value(rounding="ROUND_FLOOR") * self.step
        self.high = (high / self.step).to_integral_value(rounding="ROUND_CEILING") * self.step
        if self.low == self.high:
            self.high += self.step
        self.first, self.last = promise.eve, promise.last

    def x(self, day: date) -> float:
        share = (day - self.first).days / ((self.last - self.first).days or 1)
        return round(LEFT + min(1.0, max(0.0, share)) * (RIGHT - LEFT), 1)

    def y(self, value: Decimal) -> float:
        return round(BOTTOM - float((value - self.low) / (self.high - self.low)) * (BOTTOM - TOP), 1)

    @property
    def levels(self) -> list[Tick]:
        count = int((self.high - self.low) / self.step)
        found = [self.low + self.step * n for n in range(count + 1)]
        return [Tick(self.y(value), wording.figure(value, "")) for value in found]


def chart(
    target: Target,
    promise: Promise,
    way: Course,
    pace: Pace,
    *,
    read: Sequence[Figure],
    old: Sequence[Figure],
    today: date,
) -> Chart:
    """`read` are the figures that count, by day; `old` those that were corrected since."""
    goals = [promise.value] + ([promise.value_max] if promise.value_max is not None else [])
    ahead = [value for value in (pace.projection, pace.projection_low, pace.projection_high) if value is not None]
    start = [way.start] if way.start is not None and promise.measure != "flow_growth" else []
    frame = _Frame(promise, [*goals, *ahead, *start, *(one.value for one in (*read, *old))])
    today_x = frame.x(today) if promise.first <= today <= promise.last else None
    return Chart(
        goals=[Tick(frame.y(goal), wording.figure(goal, target.unit)) for goal in goals],
        between=(frame.y(goals[1]), round(frame.y(goals[0]) - frame.y(goals[1]), 1)) if len(goals) > 1 else None,
        pace=_pace(way, frame),
        line=_line([(frame.x(one.as_of), frame.y(one.value)) for one in read]),
        dots=[_dot(one, target, frame, True) for one in old] + [_dot(one, target, frame, False) for one in read],
        ahead=_ahead(pace, frame),
        band=_band(pace, frame),
        end=_end(pace, target, frame),
        today_x=today_x,
        today_end=today_x is not None and today_x > (LEFT + RIGHT) / 2,
        months=_months(frame),
        levels=frame.levels,
    )


def _step(room: Decimal) -> Decimal:
    """The distance of about five lines, a round number."""
    rough = room / 5
    size = Decimal(1).scaleb(rough.adjusted())
    return next(size * step for step in STEPS if size * step >= rough)


def _pace(way: Course, frame: _Frame) -> str:
    begins = max(way.since, frame.first)
    start, end = way.expected(begins), way.expected(frame.last)
    if start is None or end is None:
        return ""
    return f"M{frame.x(begins)} {frame.y(start)}L{frame.x(frame.last)} {frame.y(end)}"


def _line(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points) if len(points) > 1 else ""


def _dot(figure: Figure, target: Target, frame: _Frame, is_old: bool) -> Dot:
    state = _("corrected since") if is_old else _("provisional") if figure.provisional else _("final")
    words = {
        "day": dates.day(figure.as_of, year=target.plan.year),
        "value": wording.figure(figure.value, target.unit),
        "state": state,
    }
    css = "old" if is_old else "provisional" if figure.provisional else "final"
    return Dot(frame.x(figure.as_of), frame.y(figure.value), css, _("%(day)s: %(value)s, %(state)s") % words)


def _ahead(pace: Pace, frame: _Frame) -> str:
    if pace.projection is None or pace.value is None or pace.as_of is None or pace.as_of >= frame.last:
        return ""
    points = [(frame.x(pace.as_of), frame.y(pace.value)), (frame.x(frame.last), frame.y(pace.projection))]
    return _line(points)


def _band(pace: Pace, frame: _Frame) -> str:
    low, high = pace.projection_low, pace.projection_high
    if low is None or high is None or low == high or pace.value is None or pace.as_of is None:
        return ""
    x, end = frame.x(pace.as_of), frame.x(frame.last)
    return f"M{x} {frame.y(pace.value)}L{end} {frame.y(high)}V{frame.y(low)}Z"


def _end(pace: Pace, target: Target, frame: _Frame) -> tuple[float, float, str] | None:
    if pace.projection is None:
        return None
    label = wording.figure(wording.short(pace.projection), target.unit)
    return frame.x(frame.last), frame.y(pace.projection), label


def _months(frame: _Frame) -> list[Tick]:
    found, day = [], frame.first + timedelta(days=1)
    while day <= frame.last:
        end = min(period_end(day, Precision.MONTH), frame.last)
        found.append(Tick(round((frame.x(day) + frame.x(end)) / 2, 1), date_format(day, _("M"))))
        day = end + timedelta(days=1)
    return found
