"""How far is a target on a day, how far should it be, where does it lead, and is that well? Pure.

Told with worked numbers in docs/algorithms/pace.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from .course import Course, course
from .figures import Figure, Promise, Reason, effective, rounded
from .judging import judge
from .projection import project

DIGITS = 50  # a value has 18; squares of their products lose nothing


@dataclass(frozen=True)
class Pace:
    """All figures in the target's unit, to four decimals.

    value, as_of, provisional: the newest effective reading (`as_of` ≤ `on`); None and False without one.
    attainment 完成率: value ÷ goal, 1 = 100 %; of an upper limit the part that is used. None for a goal of 0.
    expected 序时进度: what should be reached at the end of the day `on`; None for a stock without a first reading.
    gap 差距: value - expected, so negative is too little and positive too much, whatever the bound.
    expected_then, gap_then: the same for the reading's own day; the health is judged by these.
    projection 年末预测 with low and high (four cases in five lie between); None when `method` says what is missing.
    basis: how `expected` came about. health: green, yellow, red, done; None when `reason` says what is missing.
    """

    on: date
    as_of: date | None
    value: Decimal | None
    provisional: bool
    attainment: Decimal | None
    expected: Decimal | None
    gap: Decimal | None
    expected_then: Decimal | None
    gap_then: Decimal | None
    basis: Reason
    projection: Decimal | None
    projection_low: Decimal | None
    projection_high: Decimal | None
    method: Reason
    health: str | None
    reason: Reason


def pace(promise: Promise, figures: Iterable[Figure], on: date) -> Pace:
    """The pace of `promise` on the day `on`, from its readings in any order, revised ones included."""
    with localcontext(prec=DIGITS):
        read = effective(figures, min(on, promise.last))
        inside = [figure for figure in read if figure.as_of >= promise.first]
        way = course(promise, read)
        shown = inside[-1] if inside else _stock_before(promise, read)
        verdict = judge(way, inside[-1] if inside else None, on)
        ahead = project(way, inside)
        expected, then = way.expected(on), way.expected(shown.as_of) if shown else None
        return Pace(
            on=on,
            as_of=shown.as_of if shown else None,
            value=rounded(shown.value) if shown else None,
            provisional=bool(shown and shown.provisional),
            attainment=_attainment(way, shown),
            expected=expected,
            gap=_gap(shown, expected),
            expected_then=then,
            gap_then=_gap(shown, then),
            basis=_basis(way),
            projection=ahead.value,
            projection_low=ahead.low,
            projection_high=ahead.high,
            method=ahead.method,
            health=verdict.health,
            reason=verdict.reason,
        )


def _stock_before(promise: Promise, read: list[Figure]) -> Figure | None:
    """A stock has a value before its period begins; a growth and an amount of the year have not."""
    return read[-1] if read and promise.measure == "stock" else None


def _attainment(way: Course, shown: Figure | None) -> Decimal | None:
    goal = _goal(way)
    return rounded(shown.value / goal) if shown and goal else None


def _goal(way: Course) -> Decimal | None:
    """What counts as a hundred per cent; None for a range around nothing."""
    low, high = way.promise.value, way.promise.value_max
    if high is None:
        return low
    if low <= 0 <= high:
        return None if low < 0 < high else low or high
    return high if way.edges.sign < 0 or high < 0 else low


def _gap(shown: Figure | None, expected: Decimal | None) -> Decimal | None:
    return None if shown is None or expected is None else rounded(shown.value - expected)


def _basis(way: Course) -> Reason:
    """Whether the goal holds on every day, or a straight line leads to it, and from what."""
    if way.is_level(way.edges.aim):
        return Reason("level")
    if way.start is None:
        return Reason("no_first_stock")
    told = {"since": way.since.isoformat(), "until": way.promise.last.isoformat()}
    if way.promise.measure == "stock":
        return Reason("from_first_stock", {**told, "start": f"{way.start.normalize() + 0:f}"})
    return Reason("by_days", told)
