"""Which text does a Word document hold? One line a paragraph, cells of a row between tabs."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.parsers import expat

from milestones.evidence.reading.packages import UNREADABLE
from milestones.evidence.reading.unfit import Unfit, Why

from . import numbering
from .numbering import Numbering

PIECE = 1 << 20
MOST_DEPTH, MOST_COLUMNS = 200, 64
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_UNSEEN = frozenset({"del", "moveFrom", "instrText", "delText", "Fallback"})  # not what a reader sees


class _Reader:
    def __init__(self, most: int, numbering: Numbering | None = None) -> None:
        self._numbering = numbering or Numbering()
        self._list, self._level, self._span = "", 0, 1
        self.lines: list[str] = []
        self._most, self._length = most, 0
        self._line: list[str] = []
        self._cells: list[list[str]] = []  # of the rows that are open, the inner one last
        self._depth = self._unseen = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._is_text = False

    def feed(self, data: bytes, last: bool = False) -> None:
        self._parser.Parse(data, last)

    def _refuse(self, *_doctype: object) -> None:
        raise Unfit(Why.BROKEN)  # a document has none, and entities that multiply would stand in it

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise Unfit(Why.TOO_MUCH)
        local = name.rpartition(" ")[2]
        self._is_text = self._is_text or local == "t"
        if local in _UNSEEN:
            self._unseen += 1
        elif local in {"tab", "ptab"} and name.startswith(_MAIN):
            self._add(" ")
        elif local in {"br", "cr"} and not self._cells:
            self._flush()
        elif local in {"tr", "tc"}:
            self._begin(local)
        elif name.startswith(_MAIN):
            self._describe(local, attributes.get(f"{_MAIN}val", ""))

    def _begin(self, local: str) -> None:
        if local == "tr":
            self._flush()
            self._cells.append([])
        elif self._cells:
            self._cells[-1].append("")
            self._span = 1

    def _describe(self, local: str, value: str) -> None:
        """What a paragraph's list and a cell's width are."""
        if local == "gridSpan" and value.isdigit():
            self._span = min(int(value), MOST_COLUMNS)
        elif local == "numId":
            self._list = value
        elif local == "ilvl" and value.isdigit():
            self._level = int(value)

    def _end(self, name: str) -> None:
        self._depth -= 1
        local = name.rpartition(" ")[2]
        if local in _UNSEEN:
            self._unseen -= 1
        elif local == "t":
            self._is_text = False
        elif local == "p":
            self._paragraph()
        elif local == "tc" and self._cells:
            self._cells[-1] += [""] * (self._span - 1)
            self._span = 1
        elif local == "tr" and self._cells:
            row = self._cells.pop()
            if any(row):
                self.lines.append("\t".join(row))

    def _text(self, data: str) -> None:
        if self._is_text and not self._unseen:
            self._add(data.replace("\t", " ").replace("\n", " "))

    def _add(self, data: str) -> None:
        self._line.append(data)
        self._length += len(data)
        if self._length > self._most:
            raise Unfit(Why.TOO_MUCH)

    def _paragraph(self) -> None:
        """In a cell, its paragraphs are one text; elsewhere each is a line."""
        if self._list and "".join(self._line).strip():
            self._line.insert(0, self._numbering.shown(self._list, self._level))
        self._list, self._level = "", 0
        if self._cells and self._cells[-1]:
            text = "".join(self._line).strip()
            cell = self._cells[-1][-1]
            self._cells[-1][-1] = f"{cell}{'' if not cell or not text or cell.endswith('。') else ' '}{text}"
            self._line = []
        else:
            self._flush()

    def _flush(self) -> None:
        if text := "".join(self._line).strip():
            self.lines.append(text)
        self._line = []


def text(file: Path, most: int) -> str:
    """Of the body, without what was deleted; raises Unfit (broken, or more than `most` characters)."""
    try:
        with zipfile.ZipFile(file) as package, package.open(_main_part(package)) as part:
            reader = _Reader(most, _numbering(package))
            while data := part.read(PIECE):
                reader.feed(data)
            reader.feed(b"", last=True)
    except (*UNREADABLE, expat.ExpatError) as error:
        raise Unfit(Why.BROKEN) from error
    return "\n".join(reader.lines) + "\n"


def _numbering(package: zipfile.ZipFile) -> Numbering:
    name = next((name for name in package.namelist() if name.lower() == "word/numbering.xml"), None)
    return numbering.read(package.read(name)) if name else Numbering()


def _main_part(package: zipfile.ZipFile) -> str:
    name = next((name for name in package.namelist() if name.lower() == "word/document.xml"), None)
    if name is None:
        raise Unfit(Why.BROKEN)
    return name
