"""What does a plan file hold, once it is known to be right?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from milestones.workdays.periods import FuzzyDate, same_day_in


@dataclass(frozen=True)
class Row:
    """One table row: `values` holds only the keys that stand in the file, checked and typed; `line` its header.

    References are still codes and addresses. `due` is a FuzzyDate, numbers are Decimals, `roles` a tuple of words.
    """

    table: str
    number: int
    line: int
    values: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What names the row: its code, or the e-mail address in lower case; empty when that is what is wrong."""
        return str(self.get("email", "")).lower() if self.table == "people" else str(self.get("code", ""))

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


@dataclass(frozen=True)
class PlanFile:
    """A valid file. `plan` is None when it holds only organisations and people."""

    name: str
    plan: Row | None = None
    workstreams: tuple[Row, ...] = ()
    organisations: tuple[Row, ...] = ()
    people: tuple[Row, ...] = ()
    milestones: tuple[Row, ...] = ()
    targets: tuple[Row, ...] = ()
    key_lines: Mapping[tuple[str, int, str], int] = field(default_factory=dict)

    def line_of(self, row: Row, key: str = "") -> int:
        """The line of a key of a row, or of the row itself."""
        return self.key_lines.get((row.table, row.number, key), row.line)


def rebase(file: PlanFile, year: int) -> PlanFile:
    """The same plan in another year: every date moves by whole years (29 February becomes the 28th, periods stay
    periods); the year in the plan's code and titles changes; a code without the year gets `-YEAR` at its end.

    ValueError when the file has no plan.
    """
    if file.plan is None:
        raise ValueError("a file without [plan] cannot be rebased")
    old = int(file.plan.values["year"])
    if year == old:
        return file
    plan = replace(file.plan, values=_rebased_plan(file.plan.values, old, year))
    rows = tuple(replace(row, values=_rebased_due(row.values, year - old)) for row in file.milestones)
    return replace(file, plan=plan, milestones=rows)


def _rebased_plan(values: Mapping[str, Any], old: int, year: int) -> dict[str, Any]:
    renamed = {
        key: str(values[key]).replace(str(old), str(year)) for key in ("code", "title", "title_en") if key in values
    }
    if renamed["code"] == values["code"]:
        renamed["code"] = f"{values['code']}-{year}"
    days: dict[str, date] = {
        key: same_day_in(values[key], values[key].year + year - old) for key in ("starts_on", "ends_on")
    }
    return {**values, **renamed, **days, "year": year}


def _rebased_due(values: Mapping[str, Any], years: int) -> dict[str, Any]:
    due: FuzzyDate = values["due"]
    return {**values, "due": due.rebase(years)}
