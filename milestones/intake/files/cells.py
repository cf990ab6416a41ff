"""How do the cells of a page's tables become lines: one a row, and nothing of a table that only lays out the page?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST_CELL = 400  # characters; a cell that holds more, or a table, only lays out the page
MOST_SPAN, MOST_DEPTH = 64, 40
_SPAN = {name: re.compile(rf"\b{name}\s*=\s*[\"']?\s*(\d{{1,3}})", re.IGNORECASE) for name in ("rowspan", "colspan")}


@dataclass
class _Cell:
    parts: list[str] = field(default_factory=list)
    wide: int = 1
    holds_table: bool = False


@dataclass
class _Table:
    row: list[_Cell] | None = None
    cell: _Cell | None = None
    below: dict[int, int] = field(default_factory=dict)  # column → rows into which a cell above reaches


class Lines:
    """Takes text and the tags of tables in their order; tags that miss their ends are ended by what follows."""

    def __init__(self) -> None:
        self._page: list[str] = []
        self._tables: list[_Table] = []

    def add(self, words: str) -> None:
        table = self._tables[-1] if self._tables else None
        if table is None:
            self._page.append(words)
        elif table.cell is not None:
            table.cell.parts.append(words)
        elif words.strip():
            self._above().append(f"\n{words}\n")  # stands between rows, as a caption does

    def begin(self, name: str, attributes: str) -> None:
        if name == "table":
            if len(self._tables) < MOST_DEPTH:
                self._tables.append(_Table())
        elif self._tables and name == "tr":
            self._end_row()
            self._tables[-1].row = []
        elif self._tables:
            self._end_cell()
            self._begin_cell(attributes)

    def end(self, name: str) -> None:
        if not self._tables:
            return
        if name in {"td", "th"}:
            self._end_cell()
        elif name == "tr":
            self._end_row()
        else:
            self._end_row()
            self._tables.pop()

    def text(self) -> str:
        while self._tables:
            self.end("table")
        return "".join(self._page)

    def _above(self) -> list[str]:
        for table in reversed(self._tables[:-1]):
            if table.cell is not None:
                return table.cell.parts
        return self._page

    def _begin_cell(self, attributes: str) -> None:
        table = self._tables[-1]
        table.row = [] if table.row is None else table.row
        self._fill(table, table.row)
        table.cell = _Cell(wide=_span(attributes, "colspan"))
        if (rows := _span(attributes, "rowspan")) > 1:
            column = sum(one.wide for one in table.row)
            table.below |= {column + number: rows for number in range(table.cell.wide)}

    def _fill(self, table: _Table, row: list[_Cell]) -> None:
        """Empty cells where one from above reaches down."""
        column = sum(one.wide for one in row)
        while table.below.get(column, 0) > 0 and column < MOST_SPAN:
            row.append(_Cell())
            column += 1

    def _end_cell(self) -> None:
        table = self._tables[-1]
        if table.cell is not None and table.row is not None:
            table.row.append(table.cell)
        table.cell = None

    def _end_row(self) -> None:
        self._end_cell()
        table = self._tables[-1]
        if table.row is None:
            return
        self._fill(table, table.row)
        table.below = {column: rows - 1 for column, rows in table.below.items() if rows > 1}
        said, table.row = table.row, None
        self._above().append(f"\n{_line(said)}\n")
        for outer in self._tables[:-1]:
            if outer.cell is not None:
                outer.cell.holds_table = True


def _line(row: list[_Cell]) -> str:
    texts = ["".join(one.parts) for one in row]
    if any(one.holds_table for one in row) or max(map(len, texts), default=0) > LONGEST_CELL:
        return "\n".join(texts)
    cells: list[str] = []
    for one, words in zip(row, texts, strict=True):
        cells += [" ".join(words.split()), *[""] * (one.wide - 1)]
    return "\t".join(cells)


def _span(attributes: str, name: str) -> int:
    found = _SPAN[name].search(attributes)
    return min(max(int(found[1]), 1), MOST_SPAN) if found else 1
