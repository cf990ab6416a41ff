"""How does a test export milestones, change cells of the file, and import it?"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from django.db.models import QuerySet

from milestones.actors import Actor
from milestones.exchange.excel import export
from milestones.exchange.excel.columns import BY_NAME
from milestones.exchange.imports import operations
from milestones.models import ImportBatch, Milestone, Person, Via
from tests.cast import NOW

Sheet = Any


def office(person: Person) -> Actor:
    return Actor(person, Via.IMPORT)


def exported(folder: Path, actor: Actor, rows: QuerySet[Milestone] | None = None, **how: Any) -> Path:
    file = folder / f"export.{how.get('ending', 'xlsx')}"
    found = Milestone.objects.order_by("plan__code", "code") if rows is None else rows
    export.write(file, found, viewer=actor, **{"language": "en", **how})
    return file


class Edited:
    """A workbook whose cells are named by heading and by the milestone's code."""

    def __init__(self, file: Path) -> None:
        self.file, self.book = file, openpyxl.load_workbook(file)
        self.sheet: Sheet = self.book.worksheets[0]
        self.places = {cell.value: cell.column for cell in self.sheet[1]}
        code = self.places["Code"]
        self.rows = {self.sheet.cell(row, code).value: row for row in range(2, self.sheet.max_row + 1)}

    def cell(self, code: str, name: str) -> Any:
        return self.sheet.cell(self.rows[code], self.places[BY_NAME[name].english])

    def put(self, code: str, **values: Any) -> Edited:
        for name, value in values.items():
            self.cell(code, name).value = value
        return self

    def add(self, **values: Any) -> Edited:
        row = self.sheet.max_row + 1
        for name, value in values.items():
            self.sheet.cell(row, self.places[BY_NAME[name].english]).value = value
        return self

    def save(self) -> Path:
        self.book.save(self.file)
        return self.file


def received(file: Path | bytes, actor: Actor, name: str = "", **how: Any) -> ImportBatch:
    source = io.BytesIO(file if isinstance(file, bytes) else file.read_bytes())
    shown = name or (file.name if isinstance(file, Path) else "file.csv")
    return operations.receive(source, shown, **{"language": "en", "actor": actor, "now": NOW, **how})


def looked_at(file: Path | bytes, actor: Actor, name: str = "", **how: Any) -> ImportBatch:
    batch = received(file, actor, name, **how)
    operations.look(batch, actor=actor, now=NOW)
    return batch


def counts(batch: ImportBatch) -> Mapping[str, int]:
    """What is not nothing."""
    batch.refresh_from_db()
    names = ("new", "changed", "unchanged", "conflicts", "errors", "newer")
    return {name: getattr(batch, name) for name in names if getattr(batch, name)}


def told(batch: ImportBatch) -> list[tuple[str, str]]:
    """(cell, rule) of all that is wrong."""
    return [(error["cell"], error["code"]) for row in batch.rows.order_by("number") for error in row.errors]


def values(*names: str) -> list[dict[str, Any]]:
    """Everything that a file can say of the milestones."""
    fields = names or (
        *("code", "title", "title_en", "kind", "stage", "description", "criterion", "weight", "workstream", "lead"),
        *("accountable", "parent", "due_on", "due_precision", "baseline_on", "forecast_on", "forecast_precision"),
    )
    parties = "parties__role", "parties__organisation__code", "parties__person__email"
    return list(Milestone.objects.order_by("pk", *parties).values("pk", *fields, *parties))
