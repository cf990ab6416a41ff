"""Where do the lines of the S-curve run: weight due, verified, and expected, day by day over the plan?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones.workdays.periods import Precision, period_end

LEFT, RIGHT, TOP, BOTTOM = 34.0, 570.0, 16.0, 404.0
Weighted = tuple[date, int]


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class TableRow:
    """A month end: cumulative per cent planned, done (None after today) and expected (None before it)."""

    label: str
    planned: str
    done: str | None
    expected: str | None


@dataclass(frozen=True)
class Curve:
    """Paths in the coordinates of the 664 by 430 view box; `today_x` is None outside the plan.

    `expected` begins where `done` ends; it is empty when the plan is over. `expected_end`: (y, per cent) at its end.
    """

    planned: str
    done: str
    expected: str
    expected_end: tuple[float, str] | None
    dot: tuple[float, float] | None
    today_x: float | None
    today_end: bool
    planned_now: str
    done_now: str
    cliff: str
    months: list[Tick]
    levels: list[Tick]
    table: list[TableRow]


@dataclass(frozen=True)
class _Frame:
    first: date
    last: date
    total: int

    def x(self, day: date) -> float:
        days = (self.last - self.first).days or 1
        share = min(1.0, max(0.0, (day - self.first).days / days))
        return round(LEFT + share * (RIGHT - LEFT), 1)

    def y(self, weight: int) -> float:
        return round(BOTTOM - weight / self.total * (BOTTOM - TOP), 1)


def curve(
    due: Sequence[Weighted],
    completed: Sequence[Weighted],
    expected: Sequence[Weighted] = (),
    *,
    first: date,
    last: date,
    today: date,
) -> Curve | None:
    """Each is what weighs how much on which day. None for a plan without milestones. A day outside the plan counts at
    its edge, but what is expected after the plan is expected in it no more."""
    total = _sum(due)
    if not total:
        return None
    frame = _Frame(first, last, total)
    until = min(today, last)
    done = [(day, weight) for day, weight in completed if day <= until]
    coming = sorted((max(day, until), weight) for day, weight in expected if day <= last) if today < last else []
    in_plan = first <= today <= last
    x = frame.x(until)
    return Curve(
        planned=_steps(due, frame, last),
        done=_steps(done, frame, until) if today >= first else "",
        expected=_steps(coming, frame, last, start=max(until, first), level=_sum(done)) if coming else "",
        expected_end=_end(_sum(done) + _sum(coming), frame) if coming else None,
        dot=(x, frame.y(_sum(done))) if today >= first else None,
        today_x=frame.x(today) if in_plan else None,
        today_end=x > (LEFT + RIGHT) / 2,
        planned_now=f"{_share(due, until, total):.0f}",
        done_now=f"{_share(done, until, total):.0f}",
        cliff=_cliff(due, last, total),
        months=_months(frame),
        levels=[Tick(frame.y(round(total * level / 100)), str(level)) for level in (0, 25, 50, 75, 100)],
        table=_table(due, done, coming, frame, today),
    )


def _end(weight: int, frame: _Frame) -> tuple[float, str]:
    """Where the label of the expected line stands: below that of the planned one."""
    return max(frame.y(weight), TOP + 20), f"{100 * weight / frame.total:.0f}"


def _steps(
    weighted: Iterable[Weighted], frame: _Frame, until: date, *, start: date | None = None, level: int = 0
) -> str:
    """A staircase from `level` on: level until the day, up on it, level to `until`."""
    path = [f"M{frame.x(start or frame.first)} {frame.y(level)}"]
    for day, weight in sorted(weighted):
        level += weight
        path.append(f"H{frame.x(day)}V{frame.y(level)}")
    path.append(f"H{frame.x(until)}")
    return "".join(path)


def _sum(weighted: Iterable[Weighted]) -> int:
    return sum(weight for _day, weight in weighted)


def _share(weighted: Iterable[Weighted], until: date, total: int) -> float:
    return 100 * sum(weight for day, weight in weighted if day <= until) / total


def _cliff(due: Sequence[Weighted], last: date, total: int) -> str:
    """What falls due on the plan's very last day, when that is much: the curve alone would hide it in its edge."""
    share = 100 * sum(weight for day, weight in due if day >= last) / total
    if share < 15:
        return ""
    return _("%(share)s%% falls due on the last day") % {"share": f"{share:.0f}"}


def _months(frame: _Frame) -> list[Tick]:
    return [Tick(frame.x(end - timedelta(days=14)), _month(end)) for end in _month_ends(frame)]


def _month_ends(frame: _Frame) -> list[date]:
    ends = [period_end(frame.first, Precision.MONTH)]
    while ends[-1] < frame.last:
        ends.append(period_end(ends[-1] + timedelta(days=1), Precision.MONTH))
    return ends


def _month(day: date) -> str:
    return date_format(day, _("M"))


def _table(
    due: Sequence[Weighted], done: Sequence[Weighted], coming: Sequence[Weighted], frame: _Frame, today: date
) -> list[TableRow]:
    month = period_end(today, Precision.MONTH)
    return [
        TableRow(
            label=_month(end),
            planned=f"{_share(due, end, frame.total):.0f}",
            done=f"{_share(done, end, frame.total):.0f}" if end <= month else None,
            expected=f"{_share([*done, *coming], end, frame.total):.0f}" if coming and end >= month else None,
        )
        for end in _month_ends(frame)
    ]
