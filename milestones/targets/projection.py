"""Where does it lead by the last day of the period, within which band, and when is there too little to say so?

Two models, both told in docs/algorithms/pace.md: a random walk with drift for amounts (the drift is the run rate),
and for the growth rate of the year to date, which is a mean, a random walk in the clock of means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from .course import Course
from .figures import Figure, Reason, rounded

# Student's t that leaves a tenth on each side, by degrees of freedom 1, 2, 3, …: the band holds in four cases of five.
T80 = [Decimal(t) for t in "3.078 1.886 1.638 1.533 1.476 1.440 1.415 1.397 1.383 1.372 1.363 1.356".split()]
T80_MORE = Decimal("1.345")
SHORTEST = Decimal(1) / 12  # of the period
STEPS = 2


@dataclass(frozen=True)
class Projection:
    """`value` None: `method` says what is missing."""

    method: Reason
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Step:
    """From one figure to the next."""

    days: int
    change: Decimal


def project(course: Course, read: Sequence[Figure]) -> Projection:
    """`read` are the effective figures of the period, by day."""
    if not read:
        return Projection(Reason("no_reading"))
    newest = read[-1]
    if newest.as_of == course.promise.last:
        value = rounded(newest.value)
        return Projection(Reason("closing_reading", {"as_of": newest.as_of.isoformat()}), value, value, value)
    if course.promise.measure == "flow_growth":
        return _of_a_rate(course, read)
    return _of_an_amount(course, read)


def _of_an_amount(course: Course, read: Sequence[Figure]) -> Projection:
    assert course.start is not None
    points = [(course.since, course.start)] + [(one.as_of, one.value) for one in read if one.as_of > course.since]
    steps = [Step((b[0] - a[0]).days, b[1] - a[1]) for a, b in pairwise(points)]
    if short := _too_little(course, points, len(steps), STEPS):
        return Projection(short)
    (first, start), (last, value) = points[0], points[-1]
    gone, left = (last - first).days, (course.promise.last - last).days
    rate = (value - start) / gone
    scatter = _sum((s.change - rate * s.days) ** 2 / s.days for s in steps) / (len(steps) - 1)
    half = _t80(len(steps) - 1) * (scatter * left * (1 + Decimal(left) / gone)).sqrt()
    middle, low, high = value + rate * left, value + rate * left - half, value + rate * left + half
    if course.promise.measure == "cumulative":  # what only ever rose does not fall
        low = max(low, value) if all(s.change >= 0 for s in steps) else low
        high = min(high, value) if all(s.change <= 0 for s in steps) else high
    told = {"since": first.isoformat(), "as_of": last.isoformat(), "readings": str(len(read))}
    return Projection(Reason("run_rate", told), rounded(middle), rounded(low), rounded(high))


def _of_a_rate(course: Course, read: Sequence[Figure]) -> Projection:
    points = [(one.as_of, one.value) for one in read]
    if short := _too_little(course, [(course.since, Decimal(0)), *points], len(points), STEPS):
        return Projection(short)
    clock = [1 / course.share(day) for day, _value in points]
    changes = [after - before for (_d, before), (_e, after) in pairwise(points)]
    spread = _sum(change**2 / (a - b) for change, (a, b) in zip(changes, pairwise(clock), strict=True)) / len(changes)
    half = _t80(len(changes)) * (spread * (clock[-1] - 1)).sqrt()
    value = points[-1][1]
    told = {"as_of": points[-1][0].isoformat(), "readings": str(len(points))}
    return Projection(Reason("last_rate", told), rounded(value), rounded(value - half), rounded(value + half))


def _too_little(course: Course, points: Sequence[tuple[date, Decimal]], have: int, need: int) -> Reason | None:
    """A twelfth of the period seen, and enough figures to see how much they scatter."""
    since, newest = points[0][0], points[-1][0]
    if have < need:
        return Reason("too_few_readings", {"have": str(have), "need": str(need)})
    if (newest - since).days < SHORTEST * course.promise.days:
        return Reason("too_early", {"as_of": newest.isoformat()})
    return None


def _sum(parts: Iterable[Decimal]) -> Decimal:
    return sum(parts, Decimal(0))


def _t80(freedom: int) -> Decimal:
    return T80[freedom - 1] if freedom <= len(T80) else T80_MORE
