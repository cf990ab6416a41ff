"""What does a row of cells say of each milestone that is stored?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from milestones.batch import beside
from milestones.models import Health, Kind, Milestone, State
from milestones.models.base import fuzzy

from . import dates, parties
from .columns import COLUMNS, PARTIES

AT_ONCE = 1000
READ = (
    *("id", "version", "plan__code", "plan__year", "code", "workstream__code", "title", "title_en", "kind", "stage"),
    *("state", "health", "due_on", "due_precision", "baseline_on", "baseline_precision"),
    *("forecast_on", "forecast_precision", "actual_on", "actual_precision", "accountable__email", "lead__code"),
    "accountable__display_name",
    *("parent__code", "weight", "criterion", "description"),
)
Cell = str | int | float | date | None
Row = dict[str, Any]


def cells(milestones: QuerySet[Milestone], language: str, *, addresses: bool = True) -> Iterator[list[Cell]]:
    """In their order, a thousand at a time; two queries for each thousand. Without `addresses` people have names."""
    how = [(column.name, _SHOWN.get(column.name)) for column in COLUMNS]
    for some in _chunks(milestones.values_list(*READ).iterator(AT_ONCE)):
        rows = [dict(zip(READ, values, strict=True)) for values in some]
        standing = beside.parties([row["id"] for row in rows])
        for row in rows:
            row |= _roles(standing.get(row["id"], ()), addresses)
            row["who"] = row["accountable__email" if addresses else "accountable__display_name"]
            yield [shown(row, language) if shown else row.get(name) or None for name, shown in how]


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some


def _roles(standing: Sequence[beside.Standing], addresses: bool) -> Row:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in standing:
        found[one.role].append((one.organisation, one.person if addresses else ""))
    return {name: parties.spoken(found[role]) for name, role in PARTIES.items()}


def _date(which: str) -> Callable[[Row, str], Cell]:
    def shown(row: Row, language: str) -> Cell:
        value = fuzzy(row[f"{which}_on"], row[f"{which}_precision"])
        return dates.spoken(value, row["plan__year"], language)

    return shown


def _label(name: str, labels: Any) -> Callable[[Row, str], Cell]:
    return lambda row, _language: str(labels(row[name]).label) if row[name] else None


def _column(name: str) -> Callable[[Row, str], Cell]:
    return lambda row, _language: row[name]


_SHOWN: dict[str, Callable[[Row, str], Cell]] = {
    "id": lambda row, _language: str(row["id"]),
    "if_version": _column("version"),
    "plan": _column("plan__code"),
    "workstream": _column("workstream__code"),
    "accountable": _column("who"),
    "lead": _column("lead__code"),
    "parent": _column("parent__code"),
    "kind": _label("kind", Kind),
    "state": _label("state", State),
    "health": _label("health", Health),
    **{name: _date(name) for name in ("due", "baseline", "forecast", "actual")},
    "reason": lambda _row, _language: None,
}
