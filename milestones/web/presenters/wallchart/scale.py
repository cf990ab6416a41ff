"""Where does a day stand on the chart, in per cent of its width?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

MARGIN = 4.0  # room at an end for what lies before or after the days shown


@dataclass(frozen=True, slots=True)
class Scale:
    """The days from `first` to `last`, between margins where something lies outside of them.

    Every x is a percentage, so that the chart fills any width while marks and words keep their size.
    """

    first: date
    last: date
    before: bool = False
    beyond: bool = False

    @property
    def left(self) -> float:
        return MARGIN if self.before else 0.0

    @property
    def right(self) -> float:
        return 100.0 - (MARGIN if self.beyond else 0.0)

    def edge(self, day: date) -> float:
        """Where `day` begins; a day outside stands at the end of the days shown."""
        share = (day - self.first).days / ((self.last - self.first).days + 1)
        return round(self.left + min(1.0, max(0.0, share)) * (self.right - self.left), 2)

    def x(self, day: date) -> float:
        """The middle of `day`; one outside stands in the middle of the margin on its side."""
        if day < self.first:
            return round(self.left / 2, 2)
        if day > self.last:
            return round((self.right + 100.0) / 2, 2)
        share = ((day - self.first).days + 0.5) / ((self.last - self.first).days + 1)
        return round(self.left + share * (self.right - self.left), 2)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def stretch(self, first: date, last: date) -> tuple[float, float]:
        """(x, width) of the days from `first` to `last`, as far as they are shown."""
        start = self.edge(first)
        return start, round(max(0.0, self.edge(last + timedelta(days=1)) - start), 2)
