"""What is this file, by its bytes alone, and which tables are in it?"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from milestones.evidence import kinds
from milestones.evidence.reading import compound, packages
from milestones.evidence.reading.unfit import Unfit, Why

from .book import Book
from .refusing import MOST_BYTES, FileRefused
from .separated import Separated
from .values import Line

ZIP, PDF = b"PK\x03\x04", b"%PDF-"
OTHERS = {
    Why.MACROS: "macros",
    Why.PROTECTED: "protected",
    Why.TOO_MUCH: "too_much",
    Why.BROKEN: "broken",
    Why.ARCHIVE: "archive",
    Why.KIND: "archive",
    Why.DOUBLE: "double",
}


@dataclass(frozen=True)
class Table:
    """A sheet, or the whole text; `lines` begins anew each time."""

    name: str
    lines: Callable[[], Iterator[Line]]
    hidden: bool = False


@dataclass(frozen=True)
class Opened:
    format: str  # xlsx, csv
    source: Book | Separated

    @property
    def tables(self) -> list[Table]:
        if isinstance(self.source, Separated):
            return [Table(self.source.name, self.source.lines)]
        book = self.source
        return [Table(one.name, lambda one=one: book.lines(one), one.hidden) for one in book.sheets]  # type: ignore[misc]


def opened(file: Path) -> Opened:
    """Raises FileRefused."""
    size = file.stat().st_size
    if not size:
        raise FileRefused("empty")
    if size > MOST_BYTES:
        raise FileRefused("too_large")
    with file.open("rb") as source:
        head = source.read(16)
    try:
        if head.startswith(ZIP):
            return Opened("xlsx", _book(file))
        if head.startswith(compound.MAGIC):
            raise _of_before(file)
        if zipfile.is_zipfile(file):
            raise FileRefused("double")
    except Unfit as error:
        raise FileRefused(OTHERS[error.why]) from error
    if head.startswith(PDF):
        raise FileRefused("file_type")
    return Opened("csv", Separated(file))


def _book(file: Path) -> Book:
    kind = packages.kind_of(file)
    if kind is not kinds.XLSX:
        raise FileRefused("other_office", kind="/".join(kind.extensions))
    book = Book(file)
    if not book.sheets:
        raise FileRefused("no_sheet")
    return book


def _of_before(file: Path) -> FileRefused:
    kind = compound.kind_of(file)
    return FileRefused("old_excel" if kind is kinds.XLS else "other_office", kind="/".join(kind.extensions))
