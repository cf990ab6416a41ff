"""Which milestones cannot be reached when expected, because those they wait for are not? Pure.

The rules with a worked example: docs/algorithms/knock-on.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from typing import Any

from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate, period_of


@dataclass(frozen=True, slots=True)
class Node:
    """A milestone: when its owner expects it. `is_fixed`: it was reached, nothing moves it any more."""

    id: Any
    due: FuzzyDate
    forecast: FuzzyDate | None = None
    actual: FuzzyDate | None = None

    @property
    def is_fixed(self) -> bool:
        return self.actual is not None

    @property
    def expected(self) -> FuzzyDate:
        """Actual, else forecast, else due."""
        return self.actual or self.forecast or self.due


@dataclass(frozen=True, slots=True)
class Edge:
    """`successor` is reached `lag` working days after `predecessor` at the earliest."""

    predecessor: Any
    successor: Any
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Delay:
    """`milestone` is expected by `expected` but cannot be reached before `earliest`, because of `because`.

    `days` are the working days between. 0 when `earliest` lies later, but no working day does between them.
    """

    milestone: Any
    expected: FuzzyDate
    earliest: date
    days: int
    because: Any

    @property
    def to(self) -> FuzzyDate:
        """The date as it may be said: in periods of the same length as what is expected."""
        return period_of(self.earliest, self.expected.precision)


def delays(nodes: Mapping[Any, Node], edges: Iterable[Edge], days: Calendar) -> dict[Any, Delay]:
    """By milestone, in an order in which each stands after what it waits for. Edges with an unknown end are left out.

    Raises graphlib.CycleError when the edges run in a circle.
    """
    waits_for: dict[Any, list[Edge]] = {pk: [] for pk in nodes}
    for edge in edges:
        if edge.predecessor in nodes and edge.successor in nodes:
            waits_for[edge.successor].append(edge)
    order = TopologicalSorter({pk: [edge.predecessor for edge in ties] for pk, ties in waits_for.items()})
    found: dict[Any, Delay] = {}
    for pk in order.static_order():
        delay = None if nodes[pk].is_fixed else _delay(nodes, pk, waits_for[pk], found, days)
        if delay is not None:
            found[pk] = delay
    return found


def moved_by(before: Mapping[Any, Delay], after: Mapping[Any, Delay]) -> list[Delay]:
    """Those of `after` that are new or later than in `before`."""
    return [d for pk, d in after.items() if pk not in before or d.earliest > before[pk].earliest]


def _delay(
    nodes: Mapping[Any, Node], pk: Any, ties: list[Edge], found: Mapping[Any, Delay], days: Calendar
) -> Delay | None:
    """By the tie that binds most: the first of those that allow the latest day."""
    expected, earliest, because = nodes[pk].expected, date.min, None
    for tie in ties:
        delay = found.get(tie.predecessor)
        start = delay.earliest if delay else nodes[tie.predecessor].expected.effective_day
        allowed = _after(start, tie.lag, days)
        if allowed > earliest:
            earliest, because = allowed, tie.predecessor
    if earliest <= expected.effective_day:
        return None
    return Delay(pk, expected, earliest, days.count(expected.effective_day, earliest), because)


def _after(day: date, lag: int, days: Calendar) -> date:
    """`lag` working days after `day`; the last or first day there is where dates end."""
    try:
        return days.add(day, lag)
    except (OverflowError, ValueError):
        return date.max if lag > 0 else date.min
