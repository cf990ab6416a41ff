"""What does a plan sum up to on a day? A few queries, each of which an index answers alone, however large it is."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db.models import Count, F, Sum

from milestones.models import CLOSED_STATES, OPEN_STATES, REMINDED_STATES, ChangeEntry, Health, Plan, State
from milestones.models.milestones import MilestoneQuerySet

WHOLE = 100
KEPT_SECONDS = 60
KEPT = 64
NEWEST = 50


@dataclass(frozen=True, slots=True)
class Cell:
    """The milestones of one field of work that stand alike. `reported` is the sum of weight times per cent reported."""

    workstream: Any
    health: str | None
    state: str
    number: int
    weight: int
    reported: int

    @property
    def done(self) -> int:
        return self.weight if self.state == State.COMPLETED else 0

    @property
    def part(self) -> float:
        """The weight that is done within open milestones; what was submitted is done, as far as its owner says."""
        if self.state == State.COMPLETED:
            return 0.0
        return float(self.weight) if self.state == State.SUBMITTED else self.reported / WHOLE


@dataclass(frozen=True, slots=True)
class Due:
    """The milestones in one state that are due on one day."""

    state: str
    on: date
    number: int
    weight: int

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED_STATES


@dataclass(frozen=True, slots=True)
class Tally:
    """Weights by day: `reached` of what is verified, `expected` of what is open and has a date still to come."""

    today: date
    cells: tuple[Cell, ...]
    due: tuple[Due, ...]
    reached: tuple[tuple[date, int], ...]
    expected: tuple[tuple[date, int], ...]
    unassigned: int
    unassigned_weight: int

    @property
    def total(self) -> int:
        return sum(cell.number for cell in self.cells)

    @property
    def weight(self) -> int:
        return sum(cell.weight for cell in self.cells)

    def of(self, workstream: Any) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.workstream == workstream)

    def number(self, *, health: str | None = None, state: str | None = None) -> int:
        return sum(
            cell.number for cell in self.cells if (not health or cell.health == health) and state in (None, cell.state)
        )

    @property
    def overdue(self) -> int:
        return sum(day.number for day in self.due if day.is_open and day.on < self.today)

    @property
    def fallen(self) -> int:
        """Those whose day is over."""
        return sum(day.number for day in self.due if day.on < self.today)

    @property
    def made_up(self) -> int:
        return self.number(health=Health.MADE_UP)

    @property
    def fallen_done(self) -> int:
        return sum(day.number for day in self.due if not day.is_open and day.on < self.today)

    @property
    def early(self) -> int:
        """Done before their day."""
        return self.number(state=State.COMPLETED) - self.fallen_done

    def open_between(self, first: date, last: date) -> int:
        return sum(day.number for day in self.due if day.is_open and first <= day.on <= last)


def share(part: float, whole: float) -> float:
    """In per cent; 0 of nothing."""
    return WHOLE * part / whole if whole else 0.0


T = TypeVar("T")
_kept: dict[tuple[Any, ...], tuple[float, Any]] = {}


def kept(plan: Plan, today: date, make: Callable[[Plan, date], T]) -> T:
    """What `make` gives, made anew when anything in the plan has changed, and at least every minute.

    A change that was numbered earlier but stored later than others is seen among the newest; one that all of these
    overtook is what the minute is for.
    """
    entries = ChangeEntry.objects.filter(plan_id=plan.pk).order_by("-id")
    newest = tuple(entries.values_list("id", flat=True)[:NEWEST])
    key, now = (make.__qualname__, plan.pk, today, newest), time.monotonic()
    found: tuple[float, T] | None = _kept.get(key)
    if found is None or now - found[0] > KEPT_SECONDS:
        found = now, make(plan, today)
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = found
    return found[1]


def tally(plan: Plan, today: date) -> Tally:
    """Of all milestones of the plan: whoever may see the plan sees them."""
    rows: MilestoneQuerySet = plan.milestones.order_by()
    nobody = rows.filter(accountable__isnull=True, state__in=OPEN_STATES)
    unassigned = nobody.aggregate(number=Count("pk"), weight=Sum("weight"))
    found = _dated(rows)
    return Tally(
        today=today,
        cells=tuple(_cells(rows)),
        due=tuple(_due(found)),
        reached=_by_day((one.actual, one.weight) for one in found if one.state == State.COMPLETED),
        expected=_by_day((_expected(one, today), one.weight) for one in found),
        unassigned=unassigned["number"],
        unassigned_weight=unassigned["weight"] or 0,
    )


def _cells(rows: MilestoneQuerySet) -> Iterable[Cell]:
    grouped = rows.values_list("workstream_id", "health", "state").annotate(
        number=Count("*"), heavy=Sum("weight"), reported=Sum(F("weight") * F("reported_progress"))
    )
    return (
        Cell(stream, health, state, number, weight, reported or 0)
        for stream, health, state, number, weight, reported in grouped
        if state != State.CANCELLED  # counts nowhere
    )


class _Dated(NamedTuple):
    """The milestones in one state that have the same dates."""

    state: str
    due: date
    forecast: date | None
    actual: date | None
    number: int
    weight: int


def _dated(rows: MilestoneQuerySet) -> list[_Dated]:
    """One walk through an index in its own order."""
    grouped = rows.values_list("state", "due_on", "forecast_on", "actual_on")
    found = grouped.annotate(number=Count("*"), heavy=Sum("weight"))
    return [_Dated(*row) for row in found if row[0] != State.CANCELLED]


def _due(found: Iterable[_Dated]) -> Iterable[Due]:
    sums: dict[tuple[str, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in found:
        number, weight = sums[one.state, one.due]
        sums[one.state, one.due] = number + one.number, weight + one.weight
    return (Due(state, on, number, weight) for (state, on), (number, weight) in sums.items())


def _expected(one: _Dated, today: date) -> date | None:
    """Nobody has said when what is overdue without a forecast, or past its forecast, will be done."""
    if one.state == State.SUBMITTED:
        return one.actual
    on = one.forecast or one.due
    return on if one.state in REMINDED_STATES and on >= today else None


def _by_day(weights: Iterable[tuple[date | None, int]]) -> tuple[tuple[date, int], ...]:
    sums: Counter[date] = Counter()
    for on, weight in weights:
        if on is not None:
            sums[on] += weight
    return tuple(sorted(sums.items()))
