"""How is a table written as .csv, so that Excel opens it and no cell becomes a formula?"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from ..sheets.separated import guarded
from .columns import Table
from .stored import Cell


def write(file: Path, rows: Iterable[Sequence[Cell]], table: Table, language: str) -> int:
    """How many rows it has. UTF-8 with its mark, without which Excel takes it for something else."""
    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([column.heading(language) for column in table.columns])
        for row in rows:
            writer.writerow([_plain(value) for value in row])
            count += 1
    return count


def _plain(value: Cell) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else guarded(str(value))
