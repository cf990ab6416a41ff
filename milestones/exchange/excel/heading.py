"""In which row are the headings, below whatever titles, and which column is which?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones.errors import RuleBroken

from ..sheets.opening import Table
from ..sheets.values import Line, Value, letters
from .columns import MILESTONES, Column
from .columns import Table as Kind
from .names import folded
from .reading_columns import READINGS

LOOKED_AT = 30  # rows with something in them: titles, notes and the like stand above the headings
ENOUGH = 2
KINDS = {kind.name: kind for kind in (MILESTONES, READINGS)}
_NOTE = re.compile(r"[*＊:：]|[（(](?:必填|可选|选填|required|optional)[)）]", re.IGNORECASE)


class NotThisTable(RuleBroken):
    """It says what was found and what is needed."""

    code = "another_shape"


@dataclass(frozen=True)
class Heading:
    """`places`: the column of each cell that is known; `ignored` are the other headings. `kind`: of what table.
    `others` are further sheets that look like one, and are not read."""

    kind: Kind
    table: Table
    number: int
    cells: Sequence[Value]
    places: Mapping[int, Column]
    ignored: Sequence[str]
    others: Sequence[str] = ()

    def cell(self, name: str, number: int) -> str:
        """Where a column's cell of a row is: “F7”; only the row of a column that the file does not have."""
        place = next((place for place, column in self.places.items() if column.name == name), None)
        return f"{letters(place)}{number}" if place is not None else str(number)

    @property
    def names(self) -> set[str]:
        return {column.name for column in self.places.values()}


def find(tables: Sequence[Table]) -> Heading:
    """The best row of headings of the first sheet that has one. Raises NotThisTable, FileRefused."""
    seen: list[tuple[Table, Line]] = []
    found: list[Heading] = []
    for table in sorted(tables, key=lambda one: one.hidden):
        lines = [
            (line, kind, _known(line, kind)) for line in islice(table.lines(), LOOKED_AT) for kind in KINDS.values()
        ]
        if not lines:
            continue
        line, kind, known = max(lines, key=lambda one: (len(one[2]), len(one[0].cells)))
        seen.append((table, line))
        if len(known) >= ENOUGH and kind.told_by & {column.name for column in known.values()}:
            ignored = [str(cell).strip() for place, cell in enumerate(line.cells) if place not in known and _says(cell)]
            found.append(Heading(kind, table, line.number, line.cells, known, ignored))
    if not found:
        raise _another_shape(seen)
    first, *others = found
    _check_once(first)
    return replace(first, others=[one.table.name for one in others])


def _known(line: Line, kind: Kind) -> dict[int, Column]:
    known = kind.headings
    found = {}
    for place, cell in enumerate(line.cells):
        if isinstance(cell, str) and (column := known.get(folded(_NOTE.sub("", cell))) or known.get(folded(cell))):
            found[place] = column
    return found


def _check_once(found: Heading) -> None:
    first: dict[str, int] = {}
    for place, column in found.places.items():
        if (before := first.setdefault(column.name, place)) != place:
            message = _("Row %(row)s of “%(sheet)s” has the column “%(name)s” twice, in %(one)s and %(two)s; keep one.")
            name = column.heading(get_language() or "en")
            said = {"row": found.number, "sheet": found.table.name, "name": name}
            raise RuleBroken(
                message % {**said, "one": letters(before), "two": letters(place)}, field="file", code="column_twice"
            )


def _another_shape(seen: Sequence[tuple[Table, Line]]) -> NotThisTable:
    language = get_language() or "en"

    def heads(kind: Kind, *names: str) -> str:
        return ", ".join(f"“{kind.by_name[name].heading(language)}”" for name in names)

    found = "; ".join(
        _("sheet “%(sheet)s”, row %(row)s: %(cells)s")
        % {"sheet": table.name, "row": line.number, "cells": " | ".join(_shown(line.cells))}
        for table, line in seen[:3]
    )
    message = _(
        "No row with headings of milestones was found in the first %(rows)s rows. Found: %(found)s. Needed: a row of "
        "headings with at least %(code)s or %(key)s, and for new milestones %(needed)s; for readings of targets "
        "%(readings)s. An export has them all."
    )
    said = {
        "rows": LOOKED_AT,
        "found": found or _("no cells"),
        "code": heads(MILESTONES, "code"),
        "key": heads(MILESTONES, "id"),
        "needed": heads(MILESTONES, *(column.name for column in MILESTONES.columns if column.needed)),
        "readings": heads(READINGS, *(column.name for column in READINGS.columns if column.needed)),
    }
    return NotThisTable(message % said, field="file")


def _shown(found: Sequence[Value]) -> list[str]:
    said = [str(cell).strip()[:20] for cell in found if _says(cell)]
    return [*said[:8], *(["…"] if len(said) > 8 else [])]


def _says(cell: Value) -> bool:
    return isinstance(cell, str | int | float) and bool(str(cell).strip())
