"""What do the rows of each workstream add up to? One query, however many rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.models import Health, Milestone, State
from milestones.workdays.periods import Precision, period_end

from .scale import Scale

TALLEST = 80.0  # of a lane's height


@dataclass(frozen=True, slots=True)
class Bar:
    """How many fall due in a month, in per cent of the lane's height, and how many of these are late."""

    x: float
    width: float
    height: float
    late: float
    label: str


@dataclass
class Summed:
    """Of one workstream; `progress` by weight, in per cent: what is done counts 100."""

    total: int = 0
    done: int = 0
    weight: int = 0
    moved: int = 0
    due: Counter[date] = field(default_factory=Counter)
    late: Counter[date] = field(default_factory=Counter)

    @property
    def progress(self) -> int:
        return round(self.moved / self.weight) if self.weight else 0


def counted(rows: QuerySet[Milestone]) -> list[dict[str, Any]]:
    """By workstream, health, whether done, and month of the due date."""
    moved = Case(
        When(state=State.COMPLETED, then=Value(100)),
        default=Coalesce("reported_progress", 0),
        output_field=IntegerField(),
    )
    found = rows.order_by().annotate(month=TruncMonth("due_on"), moved=moved)
    grouped = found.values("workstream_id", "health", "state", "month").annotate(
        n=Count("pk"), weighed=Sum("weight"), made=Sum(F("weight") * F("moved"), output_field=IntegerField())
    )
    return [dict(part) for part in grouped]


def summed(parts: Iterable[dict[str, Any]], healths: tuple[str, ...]) -> dict[Any, Summed]:
    """Workstream → what it adds up to, of these healths only where any are named."""
    found: dict[Any, Summed] = {}
    for part in parts:
        if healths and part["health"] not in healths:
            continue
        one = found.setdefault(part["workstream_id"], Summed())
        one.total += part["n"]
        one.done += part["n"] if part["state"] == State.COMPLETED else 0
        one.weight += part["weighed"]
        one.moved += part["made"]
        one.due[part["month"]] += part["n"]
        one.late[part["month"]] += part["n"] if part["health"] == Health.RED else 0
    return found


def by_health(parts: Iterable[dict[str, Any]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for part in parts:
        found[part["health"] or ""] += part["n"]
    return found


def bars(one: Summed, scale: Scale, most: int) -> list[Bar]:
    """A bar a month; what is due outside the days shown has none."""
    found = []
    for month in sorted(one.due):
        if not scale.holds(month):
            continue
        x, width = scale.stretch(month, period_end(month, Precision.MONTH))
        height, late = (round(TALLEST * n / most, 1) for n in (one.due[month], one.late[month]))
        found.append(Bar(round(x + 0.15, 2), round(width - 0.3, 2), height, late, _said(month, one)))
    return found


def _said(month: date, one: Summed) -> str:
    n = one.due[month]
    due = ngettext("%(month)s: %(n)s due", "%(month)s: %(n)s due", n) % {"month": date_format(month, _("F Y")), "n": n}
    late = one.late[month]
    return due + _(", %(n)s of them late") % {"n": late} if late else due
