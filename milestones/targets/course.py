"""What is expected by a day: the goal itself, or a straight line to it from nothing or from the first stock?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .bounds import Edges, edges
from .figures import GROWTHS, Figure, Promise, rounded

HUNDRED = Decimal(100)
ONE_POINT = Decimal(1)  # a growth rate is not read more finely than to one percentage point


@dataclass(frozen=True)
class Course:
    """From `start` (None: a stock of which nothing is known) on the day `since` to the goal on `last`."""

    promise: Promise
    start: Decimal | None
    since: date
    edges: Edges

    def share(self, on: date) -> Decimal:
        """The part of the way's days that has passed at the end of `on`: 0 to 1."""
        whole = (self.promise.last - self.since).days
        if on >= self.promise.last or whole <= 0:
            return Decimal(1)
        return Decimal(max(0, (on - self.since).days)) / whole

    def expected(self, on: date) -> Decimal | None:
        """序时: what leads to the goal by the last day; None when there is no first stock to start from."""
        return self.towards(self.edges.aim, on)

    def towards(self, goal: Decimal, on: date) -> Decimal | None:
        if self.is_level(goal) or on >= self.promise.last:
            return rounded(goal)
        if self.start is None:
            return None
        return rounded(self.start + (goal - self.start) * self.share(on))

    def is_level(self, goal: Decimal) -> bool:
        """Whether `goal` itself is expected on every day: of a growth rate, and of a stock that keeps it already."""
        if self.promise.measure == "flow_growth":
            return True
        return self.promise.measure == "stock" and self.start is not None and not self._lies_ahead(goal)

    @property
    def must_be_reached(self) -> bool:
        """Whether the period begins outside the promise; otherwise it only has to be kept to."""
        return self.start is None or not self.edges.met(self.start)

    @property
    def margin(self) -> Decimal:
        """How far behind is still yellow: the tolerance as a part of the way; of what is only to be kept, of the goal.

        A growth rate has one percentage point at least.
        """
        aim, start = self.edges.aim, self.start or Decimal(0)
        way = abs(aim) if self.promise.measure == "stock" and self.is_level(aim) else abs(aim - start)
        margin = rounded(way * self.promise.tolerance / HUNDRED)
        return max(margin, ONE_POINT) if self.promise.measure in GROWTHS else margin

    def _lies_ahead(self, goal: Decimal) -> bool:
        assert self.start is not None
        return self.edges.sign * (goal - self.start) > 0


def course(promise: Promise, read: Sequence[Figure]) -> Course:
    """`read` are effective figures by day. A stock starts from its last one before the period, else its first one."""
    if promise.measure != "stock":
        return _from(promise, Decimal(0), promise.eve)
    before = [figure for figure in read if figure.as_of < promise.first]
    if before:
        return _from(promise, before[-1].value, promise.eve)
    if not read:
        return _from(promise, None, promise.eve)
    return _from(promise, read[0].value, read[0].as_of)


def _from(promise: Promise, start: Decimal | None, since: date) -> Course:
    return Course(promise, start, since, edges(promise, start))
