"""Which sheets has a workbook, and what do its strings and number formats say?

Nothing is unpacked that is larger than is ever read; parts are read in pieces, the shared strings alone are kept.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from milestones.evidence.reading import packages
from milestones.workdays.periods import Precision

from .grid import Grid
from .refusing import LONGEST_CELL, FileRefused
from .texts import PIECE, parser, unescaped
from .values import PERCENT, Line, Shows

WORKBOOK, RELATIONS, STRINGS, STYLES = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
)
MONTHS = frozenset({17, 27, 36, 50, 52, 57})
PERCENTS = frozenset({9, 10})
DAYS = frozenset({14, 15, 16, 22, 28, 29, 30, 31, 51, 53, 54, 58})
_SAID = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')  # of a number format, what is no code


@dataclass(frozen=True)
class Sheet:
    name: str
    part: str
    hidden: bool


class Book:
    """An .xlsx that `packages.kind_of` found sound."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @cached_property
    def sheets(self) -> list[Sheet]:
        """In their order; charts are none."""
        parts = {
            given["Id"]: posixpath.normpath(posixpath.join("/xl", given["Target"])).lstrip("/")
            for name, given in self._elements(RELATIONS)
            if name == "Relationship" and given.get("Type", "").endswith("/worksheet")
        }
        found = []
        for name, given in self._elements(WORKBOOK):
            if name == "sheet" and (part := parts.get(_relation(given))):
                found.append(Sheet(given.get("name", ""), part, given.get("state", "visible") != "visible"))
        return found

    def lines(self, sheet: Sheet) -> Iterator[Line]:
        grid = Grid(sheet.name, self.strings, self.dates, since_1904=self.since_1904)
        with self.part(sheet.part) as part:
            yield from grid.lines(part)

    @cached_property
    def since_1904(self) -> bool:
        return any(
            name == "workbookPr" and given.get("date1904", "0") in ("1", "true")
            for name, given in self._elements(WORKBOOK)
        )

    @cached_property
    def strings(self) -> list[str]:
        reading = _Strings()
        self._read(STRINGS, reading.start, reading.end, reading.characters)
        return reading.found

    @cached_property
    def dates(self) -> list[Shows]:
        """By number of the style: how exact the date is that it shows, or that it is a percentage."""
        own: dict[int, str] = {}
        found: list[Shows] = []
        inside = False
        for name, given in self._elements(STYLES):
            if name == "numFmt":
                own[int(given["numFmtId"])] = given.get("formatCode", "")
            elif name in ("cellXfs", "cellStyles", "dxfs"):
                inside = name == "cellXfs"
            elif name == "xf" and inside:
                number = int(given.get("numFmtId", "0"))
                found.append(_shown_by(own[number]) if number in own else _built_in(number))
        return found

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        """Raises FileRefused; KeyError when there is none."""
        try:
            with zipfile.ZipFile(self.file) as package, package.open(name) as part:
                yield part
        except packages.UNREADABLE as error:
            raise FileRefused("broken") from error

    def names(self) -> list[str]:
        with zipfile.ZipFile(self.file) as package:
            return package.namelist()

    def _elements(self, name: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Of one of the small parts: local names and attributes."""
        found: list[tuple[str, dict[str, str]]] = []
        self._read(name, lambda tag, given: found.append((tag.rpartition(":")[2], given)), None, None)
        yield from found

    def _read(self, name: str, start: Any, end: Any, characters: Any) -> None:
        reader = parser()
        reader.StartElementHandler, reader.EndElementHandler = start, end
        reader.CharacterDataHandler = characters
        try:
            with self.part(name) as part:
                while data := part.read(PIECE):
                    reader.Parse(data, False)
                reader.Parse(b"", True)
        except KeyError:
            if name in (WORKBOOK, RELATIONS):
                raise FileRefused("broken") from None
        except (expat.ExpatError, ValueError) as error:
            raise FileRefused("broken") from error


class _Strings:
    """The shared strings, one an `si`, whatever runs of differing print it is made of."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.text: list[str] = []
        self.inside: list[str] = []  # the elements around, of those that matter

    def start(self, tag: str, _given: object) -> None:
        name = tag.rpartition(":")[2]
        if name in ("t", "rPh"):
            self.inside.append(name)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in ("t", "rPh"):
            self.inside.pop()
        elif name == "si":
            self.found.append(unescaped("".join(self.text)))
            self.text.clear()

    def characters(self, data: str) -> None:
        if self.inside == ["t"]:  # not how a word is read aloud, that stands beside it
            self.text.append(data)
            if len(self.text) > 1 and sum(map(len, self.text)) > LONGEST_CELL:
                raise FileRefused("cell_too_long", row="?", sheet=STRINGS)


def _relation(given: dict[str, str]) -> str:
    return next((value for name, value in given.items() if name.rpartition(":")[2] == "id" and ":" in name), "")


def _built_in(number: int) -> Shows:
    if number in PERCENTS:
        return PERCENT
    return Precision.MONTH if number in MONTHS else Precision.DAY if number in DAYS else None


def _shown_by(code: str) -> Shows:
    plain = _SAID.sub("", code.partition(";")[0]).lower()
    if "%" in plain:
        return PERCENT
    if "d" in plain:
        return Precision.DAY
    if "y" in plain or ("e" in plain and "e+" not in plain and "e-" not in plain):
        return Precision.MONTH if "m" in plain else Precision.YEAR
    return None
