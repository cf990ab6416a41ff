"""Which cells stand in a text file: in which characters, separated by what?"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from .refusing import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, FileRefused
from .values import Line, Value

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SEPARATORS = ",\t;"
HEAD = 40  # lines in which a separator shows itself
PIECE = 1 << 16
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
NO_TEXT = "\x00"  # stands in no text that anybody typed


class Separated:
    """A text of cells; its encoding is found at once, and all of it is sound in it."""

    name = "CSV"

    def __init__(self, file: Path) -> None:
        self.file, self.encoding = file, encoding_of(file)

    def lines(self) -> Iterator[Line]:
        """Those with something in them, by the number of the record. Raises FileRefused."""
        csv.field_size_limit(LONGEST_CELL)
        with self.file.open(encoding=self.encoding, newline="") as source:
            head = "".join(islice(source, HEAD))
            separator = separator_of(head)
            source.seek(0)
            try:
                yield from self._records(csv.reader(source, delimiter=separator, strict=True))
            except csv.Error as error:
                raise FileRefused("broken") from error

    def _records(self, records: Iterator[list[str]]) -> Iterator[Line]:
        count = 0
        for number, record in enumerate(records, 1):
            if not any(record):
                continue
            count += 1
            if count > MOST_ROWS:
                raise FileRefused("too_many_rows", most=MOST_ROWS)
            while record and not record[-1]:
                record.pop()
            if len(record) > MOST_COLUMNS:
                raise FileRefused("too_many_columns", row=number, sheet=self.name, most=MOST_COLUMNS)
            cells: list[Value] = [unguarded(cell) or None for cell in record]
            yield Line(number, cells)


def guarded(text: str) -> str:
    """With an apostrophe before what a spreadsheet would take for a formula, and before such an apostrophe."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """As it was before `guarded`."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def encoding_of(file: Path) -> str:
    """UTF-8, UTF-16 (with its mark, or by its zeros), else GB18030; FileRefused when it is none of them."""
    with file.open("rb") as source:
        head = source.read(4096)
    for mark, name in MARKS:
        if head.startswith(mark):
            return _sound(file, name)
    if head.count(0) > len(head) // 4:
        return _sound(file, "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be")
    try:
        return _sound(file, "utf-8")
    except FileRefused:
        return _sound(file, "gb18030")


def _sound(file: Path, encoding: str) -> str:
    try:
        with file.open(encoding=encoding, newline="") as source:
            while text := source.read(PIECE):
                if NO_TEXT in text:
                    raise FileRefused("file_type")
    except (UnicodeError, LookupError) as error:
        raise FileRefused("encoding") from error
    return encoding


def separator_of(head: str) -> str:
    """The one that makes the widest row: titles above the headings have none."""
    return max(SEPARATORS, key=lambda one: max((len(row) for row in _tried(head, one)), default=0))


def _tried(head: str, separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    except csv.Error:
        return
