"""How are the four dates of one milestone drawn in its lane? Pure; y is always the middle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from milestones.workdays import FuzzyDate

from .scale import Scale

MARK = 0.75  # half the width of a mark on a chart of usual width, in per cent
LETTER = 0.62  # width of a letter of a label, the same way; a Chinese one counts two
GAP = 1.1  # from the middle of a mark to the label beside it

Say = Callable[[FuzzyDate], str]


@dataclass(frozen=True, slots=True)
class Dates:
    """`overdue_on` is today for what is overdue, else None."""

    baseline: FuzzyDate
    due: FuzzyDate
    forecast: FuzzyDate | None
    actual: FuzzyDate | None
    overdue_on: date | None = None

    @property
    def end(self) -> date | None:
        """The day on which it ended or is expected to end; what is overdue lasts until today at least."""
        found = self.actual or self.forecast
        if self.actual or self.overdue_on is None:
            return found.on if found else None
        return max(found.on, self.overdue_on) if found else self.overdue_on

    @property
    def is_late(self) -> bool:
        return self.end is not None and self.end > self.due.on

    @property
    def from_due(self) -> date | None:
        """The day of due from which the end is early or late: whatever lies within due's own period is as promised."""
        end = self.end
        if end is None or self.due.start <= end <= self.due.on:
            return end
        return self.due.on if end > self.due.on else self.due.start

    @property
    def shows_forecast(self) -> bool:
        """What is expected as due is not drawn; what happened needs no forecast any more."""
        return self.forecast is not None and self.actual is None and self.forecast.on != self.due.on

    def days(self) -> list[date]:
        """Every day that is drawn."""
        given = (self.baseline, self.due, self.forecast if self.shows_forecast else None, self.actual)
        return [value.on for value in given if value] + ([self.end] if self.end else [])


@dataclass(frozen=True, slots=True)
class Mark:
    """`name` is the symbol's: baseline, due, both, forecast, actual; with -fuzzy or -late where that applies."""

    name: str
    x: float


@dataclass(frozen=True, slots=True)
class Line:
    css: str
    x1: float
    x2: float


@dataclass(frozen=True, slots=True)
class Label:
    text: str
    x: float
    is_end: bool
    css: str

    @property
    def stretch(self) -> tuple[float, float]:
        width = sum(2 if letter > "\u2e7f" else 1 for letter in self.text) * LETTER
        return (self.x - width, self.x) if self.is_end else (self.x, self.x + width)


@dataclass(frozen=True, slots=True)
class Lane:
    """In drawing order. `span` is (x, width) of a due date that is no day."""

    span: tuple[float, float] | None
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    due_x: float
    end_x: float


def lane(dates: Dates, scale: Scale, say: Say) -> Lane:
    due_x = scale.x(dates.due.on)
    end_x = scale.x(dates.end) if dates.end else due_x
    marks = tuple(_marks(dates, scale))
    return Lane(
        span=_span(dates.due, scale),
        lines=tuple(_lines(dates, scale)),
        marks=marks,
        labels=tuple(_labels(dates, scale, say, [mark.x for mark in marks])),
        due_x=due_x,
        end_x=end_x,
    )


def _span(due: FuzzyDate, scale: Scale) -> tuple[float, float] | None:
    if not due.is_fuzzy or due.start > scale.last or due.on < scale.first:
        return None
    return scale.stretch(due.start, due.on)


def _lines(dates: Dates, scale: Scale) -> Iterable[Line]:
    """Dashes where the commitment was moved; then the slip, or what was gained."""
    moved = sorted((scale.x(dates.baseline.on), scale.x(dates.due.on)))
    if moved[0] != moved[1]:
        yield Line("slip-moved", *moved)
    if dates.end and dates.from_due:
        slip = sorted((scale.x(dates.from_due), scale.x(dates.end)))
        if slip[0] != slip[1]:
            yield Line("slip-late" if dates.is_late else "slip-early", *slip)


def _marks(dates: Dates, scale: Scale) -> Iterable[Mark]:
    """Of several in one margin only the last: they would lie upon each other."""
    found = [Mark(name, scale.x(day)) for name, day in _drawn(dates)]
    for place, mark in enumerate(found):
        hidden = any(mark.x == later.x for later in found[place + 1 :])
        if scale.left < mark.x < scale.right or not hidden:
            yield mark


def _drawn(dates: Dates) -> Iterable[tuple[str, date]]:
    fuzzy = "-fuzzy" if dates.baseline.is_fuzzy else ""
    if dates.baseline.on == dates.due.on:
        yield f"both{fuzzy}", dates.due.on
    else:
        yield f"baseline{fuzzy}", dates.baseline.on
        yield "due", dates.due.on
    if dates.shows_forecast and dates.forecast:
        yield "forecast", dates.forecast.on
    if dates.actual:
        yield "actual-late" if dates.is_late else "actual", dates.actual.on


def _labels(dates: Dates, scale: Scale, say: Say, marks: list[float]) -> Iterable[Label]:
    """The end first, away from due; then due on its other side. What would cover another is left out: the row's
    sentence says it all."""
    taken: list[tuple[float, float]] = []
    for text, x, css, is_left in _wanted(dates, scale, say):
        found = _placed(text, x, css, is_left, marks, taken)
        if found:
            taken.append(found.stretch)
            yield found


def _wanted(dates: Dates, scale: Scale, say: Say) -> Iterable[tuple[str, float, str, bool]]:
    """(text, x of its mark, css, whether it belongs on the left)."""
    end = dates.actual or (dates.forecast if dates.shows_forecast else None)
    due, due_x = say(dates.due), scale.x(dates.due.on)
    if end is None or end.on == dates.due.on:
        yield due, due_x, "soft" if dates.actual else "", True
        return
    css = "late-label" if dates.is_late and not dates.actual else ""
    if dates.due.on <= scale.last < end.on:
        yield f"{due} → {say(end)}", due_x, css, True  # beyond the last day there is no room for words
        return
    is_early = end.on < dates.due.on
    yield say(end), scale.x(end.on), css, is_early
    yield due, due_x, "soft" if dates.actual else "", not is_early


def _placed(
    text: str, x: float, css: str, is_left: bool, marks: list[float], taken: list[tuple[float, float]]
) -> Label | None:
    """Beside its mark on the wanted side, else on the other, else left or right of all marks: where nothing else is."""
    sides = [(x, is_left), (x, not is_left), (min(marks), True), (max(marks), False)]
    for at, on_left in sides:
        label = _beside(text, at, css, on_left)
        if _fits(label, taken) and not any(_covers(label, mark) for mark in marks):
            return label
    return None


def _beside(text: str, x: float, css: str, is_left: bool) -> Label:
    return Label(text, round(x - GAP if is_left else x + GAP, 2), is_left, css)


def _fits(label: Label, taken: list[tuple[float, float]]) -> bool:
    start, end = label.stretch
    return start >= 0 and end <= 100 and all(end < other[0] or start > other[1] for other in taken)


def _covers(label: Label, mark: float) -> bool:
    start, end = label.stretch
    return start - MARK / 2 < mark < end + MARK / 2
