"""What did a load do, row by row?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
ACTIONS = (CREATED, UPDATED, UNCHANGED)


@dataclass(frozen=True)
class Done:
    """What happened to one row; `fields` are the columns that moved in an update."""

    table: str
    key: str
    action: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        moved = f": {', '.join(self.fields)}" if self.fields else ""
        return f"{self.action} {self.table} {self.key}{moved}"


@dataclass
class Summary:
    """All rows of a load, in their order, and what the plan holds beyond the file (which a load leaves alone)."""

    rows: list[Done] = field(default_factory=list)
    only_in_database: list[str] = field(default_factory=list)

    def add(self, table: str, key: str, action: str, fields: tuple[str, ...] = ()) -> None:
        self.rows.append(Done(table, key, action, fields))

    @property
    def changes(self) -> list[Done]:
        """The rows that were written."""
        return [row for row in self.rows if row.action != UNCHANGED]

    def counts(self) -> Iterator[str]:
        """`milestones: created 41, updated 0, unchanged 0`, a line a table."""
        totals = Counter((row.table, row.action) for row in self.rows)
        for table in dict.fromkeys(row.table for row in self.rows):
            yield f"{table}: " + ", ".join(f"{action} {totals[table, action]}" for action in ACTIONS)
