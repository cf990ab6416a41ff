"""Do the rows of a plan file fit together: codes once, references that exist, days in order?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.exchange.problems import Rejected
from milestones.exchange.rows import PlanFile, Row
from milestones.exchange.tables import REFERENCES
from milestones.models import Bound, normal_email
from milestones.workdays.periods import FuzzyDate


@dataclass(frozen=True)
class Known:
    """What rows may refer to beside those of the file: codes, and addresses in lower case."""

    organisations: frozenset[str] = field(default_factory=frozenset)
    people: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Fault:
    """A rule broken by a key of a row."""

    row: Row
    key: str
    why: Rejected


def faults(file: PlanFile, known: Known, has_plan: bool) -> Iterator[Fault]:
    """Every fault between rows, even of rows with faults of their own: those only lack the values at fault."""
    tables = {
        table: getattr(file, table) for table in ("organisations", "people", "workstreams", "milestones", "targets")
    }
    for rows in tables.values():
        yield from _twice(rows)
    names = {table: {row.key for row in rows} | getattr(known, table, set()) for table, rows in tables.items()}
    for (table, key), wanted in REFERENCES.items():
        if wanted != "workstreams" or has_plan:
            yield from _dangling(tables[table], key, wanted, names[wanted])
    yield from _circles(file.organisations)
    if file.plan is not None and _has_days(file.plan):
        yield from _plan_days(file.plan)
        yield from _outside(file.plan, file.milestones)
    for row in file.targets:
        yield from _values(row)


def _twice(rows: tuple[Row, ...]) -> Iterator[Fault]:
    first: dict[str, Row] = {}
    for row in rows:
        earlier = first.setdefault(row.key, row)
        if row.key and earlier is not row:
            key = "email" if row.table == "people" else "code"
            message = _("“%(name)s” stands already on line %(line)d; each may stand once.")
            yield Fault(row, key, Rejected("duplicate", message, name=row.key, line=earlier.line))


def _dangling(rows: tuple[Row, ...], key: str, wanted: str, names: set[str]) -> Iterator[Fault]:
    for row in rows:
        name = row.get(key)
        if not name:
            continue
        if (normal_email(name).lower() if wanted == "people" else name) not in names:
            message = _(
                "There is no “%(name)s” under [[%(table)s]], nor an active one in the database; add it or correct it."
            )
            if wanted == "workstreams":
                message = _("There is no “%(name)s” under [[%(table)s]]; add it or correct it.")
            yield Fault(row, key, Rejected("reference", message, name=name, table=wanted))


def _circles(rows: tuple[Row, ...]) -> Iterator[Fault]:
    parents = {row.key: row.get("parent") for row in rows if row.key}
    for row in rows:
        seen, at = [row.key], row.get("parent") or None
        while at in parents and at not in seen:
            seen.append(at)
            at = parents[at]
        if at == row.key:
            path = " → ".join([*seen, row.key])
            yield Fault(row, "parent", Rejected("circle", _("An organisation is above itself: %(path)s."), path=path))


def _has_days(plan: Row) -> bool:
    return all(key in plan.values for key in ("year", "starts_on", "ends_on"))


def _plan_days(plan: Row) -> Iterator[Fault]:
    first, last, year = plan.values["starts_on"], plan.values["ends_on"], plan.values["year"]
    if last < first:
        yield Fault(
            plan, "ends_on", Rejected("date-order", _("The plan ends before it starts on %(first)s."), first=first)
        )
    elif not first.year <= year <= last.year:
        message = _("%(year)d is not a year of the plan's days, %(first)s to %(last)s.")
        yield Fault(plan, "year", Rejected("date-order", message, year=year, first=first, last=last))


def _outside(plan: Row, rows: tuple[Row, ...]) -> Iterator[Fault]:
    first, last = plan.values["starts_on"], plan.values["ends_on"]
    for row in rows:
        due: FuzzyDate | None = row.get("due")
        if due is not None and not first <= due.on <= last:
            message = _("%(on)s is outside the plan, %(first)s to %(last)s; correct the day or the plan's days.")
            yield Fault(row, "due", Rejected("outside-plan", message, "on", on=due.on, first=first, last=last))


def _values(row: Row) -> Iterator[Fault]:
    bound, low, high = row.get("bound"), row.get("value"), row.get("value_max")
    if bound == Bound.RANGE and high is None and low is not None:
        yield Fault(row, "value_max", Rejected("missing", _("A range needs value_max.")))
    elif bound is not None and bound != Bound.RANGE and high is not None:
        why = Rejected("bound", _("value_max belongs to the bound “range” only; remove it or change the bound."))
        yield Fault(row, "value_max", why)
    elif _reversed(low, high):
        why = Rejected("bound", _("value_max %(high)s is less than value %(low)s."), high=high, low=low)
        yield Fault(row, "value_max", why)


def _reversed(low: Any, high: Any) -> bool:
    return low is not None and high is not None and high < low
