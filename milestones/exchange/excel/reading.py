"""What does each row of a table say of a milestone, and what is wrong with its cells?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET

from milestones.batch.rows import Keyed

from ..sheets.values import Line, Odd, Value
from . import parties
from .cells import Around
from .columns import FIXED, PARTIES, Column
from .heading import Heading
from .names import Names
from .refused import Rejected


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be read: the column's name, the rule, and what to do."""

    name: str
    code: str
    message: str


@dataclass
class Read:
    """A row by its number in the file; `row` is what the batch takes when there are no `faults`.

    `fixed` is what it says in columns that no file can change.
    """

    number: int
    row: Keyed
    faults: list[Fault] = field(default_factory=list)
    fixed: Mapping[str, Value] = field(default_factory=dict)

    @property
    def label(self) -> str:
        row = self.row
        code = "/".join(part for part in (row.plan, row.code) if isinstance(part, str))
        return " ".join(part for part in (code, row.title) if isinstance(part, str) and part)[:320]


class Rows:
    """`plan` is the code of the plan of rows that name none. `roles` are those of the parties that the file has a
    column for: of the others its rows say nothing."""

    def __init__(self, heading: Heading, names: Names, plan: str | None) -> None:
        self.heading, self.names, self.plan = heading, names, plan
        # The plan is read first: other cells are meant in it.
        self.order = sorted(heading.places.items(), key=lambda item: item[1].name != "plan")
        self.fixed = [(place, column.name) for place, column in self.order if column.name in FIXED]
        self.roles = frozenset(PARTIES[name] for name in heading.names & PARTIES.keys())

    def read(self) -> Iterator[Read]:
        return map(self._row, lines(self.heading))

    def _row(self, line: Line) -> Read:
        around = Around(self.names, self.plan)
        values: dict[str, Any] = {"plan": self.plan} if self.plan else {}
        faults: list[Fault] = []
        taking_part: list[Any] = []
        for place, column in self.order:
            cell = line.cells[place] if place < len(line.cells) else None
            try:
                if column.name in PARTIES:
                    taking_part += parties.read(PARTIES[column.name], cell, around)
                elif column.read is not None:
                    take(values, column, cell, around)
            except Rejected as error:
                faults.append(Fault(column.name, error.code, str(error)))
        if self.roles:
            values["parties"] = taking_part
        if "id" not in values and "code" in values:
            values["code"] = unicodedata.normalize("NFKC", values["code"])  # typed, and meant for the one in half width
        fixed = {name: line.cells[place] for place, name in self.fixed if place < len(line.cells)}
        return Read(
            line.number, Keyed(**values), faults, {name: cell for name, cell in fixed.items() if cell is not None}
        )


def lines(heading: Heading) -> Iterator[Line]:
    """Those below the headings in which something stands; headings that are repeated are none."""
    past = False
    for line in heading.table.lines():
        if past and line.cells != heading.cells and not _is_blank(line, heading):
            yield line
        past = past or line.number == heading.number


def take(values: dict[str, Any], column: Column, cell: Value, around: Around) -> None:
    assert column.read is not None
    value = column.read(cell, around)
    if value is UNSET:
        return
    values[column.name] = value
    if column.name == "plan":
        around.plan = value


def _is_blank(line: Line, heading: Heading) -> bool:
    """Nothing stands in any column that is known; blanks alone are nothing."""
    cells = line.cells
    return not any(
        isinstance(cell, Odd) or (cell is not None and str(cell).strip())
        for cell in (cells[place] for place in heading.places if place < len(cells))
    )
