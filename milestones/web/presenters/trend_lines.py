"""How did the date on which a milestone is expected move over time? Pure: from its revisions to a line of steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 900.0, 460.0


@dataclass(frozen=True, slots=True)
class Revision:
    """On the day `at` one date (`due` or `forecast`) became `on`; None when a forecast was taken back."""

    at: date
    which: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """From the day `at` on the milestone was expected on `expected`."""

    at: date
    expected: date


def steps(baseline: date, since: date, revisions: Iterable[Revision]) -> list[Step]:
    """From the first promise: what the owner forecast, else what was committed. Only days on which that changed."""
    known = {"due": baseline, "forecast": None}
    found = [Step(since, baseline)]
    for revision in revisions:
        known[revision.which] = revision.on
        expected = known["forecast"] or known["due"] or baseline
        at = max(revision.at, since)
        if found[-1].at == at:
            found[-1] = Step(at, expected)
        elif expected != found[-1].expected:
            found.append(Step(at, expected))
    return found


@dataclass(frozen=True, slots=True)
class Field:
    """The days of reports from left to right, the days expected from the bottom up."""

    first: date
    last: date
    latest: date

    def x(self, day: date) -> float:
        return round(_share(day, self.first, self.last) * WIDTH, 1)

    def y(self, day: date) -> float:
        return round((1 - _share(day, self.first, self.latest)) * HEIGHT, 1)

    @property
    def diagonal(self) -> str:
        """Where a day is expected on itself: lines end here when the milestone is reached."""
        end = min(self.last, self.latest)
        return f"M{self.x(self.first)} {self.y(self.first)}L{self.x(end)} {self.y(end)}"


def path(line: Sequence[Step], until: date, field: Field) -> str:
    """Level until something changed, then up (later) or down (earlier)."""
    parts = [f"M{field.x(line[0].at)} {field.y(line[0].expected)}"]
    for step in line[1:]:
        parts.append(f"H{field.x(step.at)}V{field.y(step.expected)}")
    return "".join([*parts, f"H{field.x(until)}"])


def apart(places: Sequence[float], room: float) -> list[float]:
    """The same places, moved down as little as keeps them `room` apart; in the order given, which rises."""
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + room) if found else place)
    return found


def _share(day: date, first: date, last: date) -> float:
    return min(1.0, max(0.0, (day - first).days / max(1, (last - first).days)))
