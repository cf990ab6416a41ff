"""Which text stands in an XML part? Read in pieces, without document types, so without entities that multiply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from .unfit import Unfit, Why

PIECE = 1 << 20  # what ends in no piece is read again with each: few large ones
# A paragraph, a cell, a string, a line of an OFD page, a title: where a line of text ends.
ENDS = frozenset("p h c si is br cr line-break TextObject title subject description keywords v".split())
BLANKS = frozenset({"tab", "s"})
LONGEST, OVERLAP = 100_000, 100  # a line without end is handed on in pieces that overlap by more than a marking


class _Reader:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.elements: set[str] = set()
        self.attributes: list[dict[str, str]] = []
        self._line: list[str] = []
        self._length = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def feed(self, part: IO[bytes]) -> Iterator[None]:
        """Piece by piece; what has been found is looked at after each."""
        try:
            while data := part.read(PIECE):
                self._parser.Parse(data, False)
                yield
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Unfit(Why.BROKEN) from error
        self._flush()
        yield

    def _refuse(self, *_doctype: object) -> None:
        raise Unfit(Why.BROKEN)  # neither Open XML nor OpenDocument nor OFD has any

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self.elements.add(local)
        self.attributes.append(attributes)
        if local in ENDS:
            self._flush()
        elif local in BLANKS:
            self._text(" ")

    def _end(self, name: str) -> None:
        if name.rpartition(" ")[2] in ENDS:
            self._flush()

    def _text(self, data: str) -> None:
        self._line.append(data)
        self._length += len(data)
        if self._length > LONGEST:
            rest = "".join(self._line)[-OVERLAP:]
            self._flush()
            self._line, self._length = [rest], len(rest)

    def _flush(self) -> None:
        if self._line:
            self.lines.append("".join(self._line))
        self._line, self._length = [], 0


def lines(part: IO[bytes]) -> Iterator[str]:
    reader = _Reader()
    for _piece in reader.feed(part):
        yield from reader.lines
        reader.lines.clear()
        reader.attributes.clear()


def values(part: IO[bytes], attribute: str) -> list[str]:
    """Of all elements that have this attribute."""
    reader, found = _Reader(), []
    for _piece in reader.feed(part):
        found += [given[attribute] for given in reader.attributes if attribute in given]
        reader.attributes.clear()
        reader.lines.clear()
    return found


def elements(part: IO[bytes]) -> set[str]:
    """The local names of all elements."""
    reader = _Reader()
    for _piece in reader.feed(part):
        reader.attributes.clear()
        reader.lines.clear()
    return reader.elements
