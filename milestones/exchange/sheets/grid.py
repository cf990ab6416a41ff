"""Which cells stand in one sheet of a workbook? Read in pieces: however large the sheet, one row is in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from .refusing import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, FileRefused
from .texts import PIECE, parser, unescaped
from .values import PERCENT, Day, Line, Odd, Shows, Value

EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
FIRST_SOUND_SERIAL, LAST_SERIAL = 61, 2_958_465  # before 1 March 1900 Excel counts a day that was none


class Grid:
    """Reads `<sheetData>`. `strings` are the workbook's shared ones, `dates` what each style shows."""

    def __init__(self, name: str, strings: Sequence[str], dates: Sequence[Shows], *, since_1904: bool = False) -> None:
        self.name, self.strings, self.dates = name, strings, dates
        self.epoch = EPOCH_1904 if since_1904 else EPOCH
        self.first_serial = 0 if since_1904 else FIRST_SOUND_SERIAL

    def lines(self, part: IO[bytes]) -> Iterator[Line]:
        """Those with something in them. Raises FileRefused."""
        reading, count = _Reading(self), 0
        reader = reading.parser
        try:
            while data := part.read(PIECE):
                reader.Parse(data, False)
                count += len(reading.ready)
                if count > MOST_ROWS:
                    raise FileRefused("too_many_rows", most=MOST_ROWS)
                yield from reading.ready
                reading.ready.clear()
            reader.Parse(b"", True)
        except (expat.ExpatError, ValueError, IndexError) as error:
            raise FileRefused("broken") from error
        yield from reading.ready

    def value(self, kind: str, style: str, text: str) -> Value:
        match kind:
            case "n":
                return self._number(float(text), style)
            case "s":
                return self.strings[int(text)] or None
            case "b":
                return text == "1"
            case "e":
                return Odd("error", text)
            case "d":
                return Day(date.fromisoformat(text[:10]))
        return unescaped(text) or None

    def _number(self, number: float, style: str) -> Value:
        precision = self.dates[int(style)] if style and int(style) < len(self.dates) else None
        if precision == PERCENT:
            return f"{(Decimal(repr(number)) * 100).normalize():f}%"
        if precision is not None and self.first_serial <= number <= LAST_SERIAL:
            return Day(self.epoch + timedelta(days=int(number)), precision)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number


class _Reading:
    """One pass: the parser calls these several times a cell, so each does little."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.ready: list[Line] = []
        self.cells: list[Value] = []
        self.text: list[str] = []
        self.row = self.place = self.length = 0
        self.kind = self.style = ""
        self.inside = self.formula = self.aloud = False
        self.begins: dict[str, Callable[[dict[str, str]], None]] = {}
        self.ends: dict[str, Callable[[], None]] = {}
        self.parser = parser()
        self.parser.StartElementHandler = self._root
        self.parser.CharacterDataHandler = self._characters

    def _root(self, name: str, _given: object) -> None:
        """Names may have a prefix, the same for all."""
        prefix = name.removesuffix("worksheet")
        begins = {"row": self._row, "c": self._cell, "v": self._value, "t": self._value, "f": self._formula}
        ends = {"row": self._row_ends, "c": self._cell_ends, "v": self._value_ends, "t": self._value_ends}
        self.begins = {prefix + tag: act for tag, act in {**begins, "rPh": self._aloud}.items()}
        self.ends = {prefix + tag: act for tag, act in {**ends, "rPh": self._aloud_ends}.items()}
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end

    def _start(self, name: str, given: dict[str, str]) -> None:
        if act := self.begins.get(name):
            act(given)

    def _end(self, name: str) -> None:
        if act := self.ends.get(name):
            act()

    def _row(self, given: dict[str, str]) -> None:
        self.row = int(given["r"]) if "r" in given else self.row + 1
        self.cells = []

    def _cell(self, given: dict[str, str]) -> None:
        self.place = _column(given["r"]) if "r" in given else len(self.cells)
        self.kind, self.style = given.get("t", "n"), given.get("s", "")
        self.formula, self.length, self.text = False, 0, []

    def _value(self, _given: object) -> None:
        self.inside = not self.aloud

    def _value_ends(self) -> None:
        self.inside = False

    def _formula(self, _given: object) -> None:
        self.formula = True

    def _aloud(self, _given: object) -> None:
        """How a word is read, beside the word."""
        self.aloud = True

    def _aloud_ends(self) -> None:
        self.aloud = False

    def _characters(self, data: str) -> None:
        if self.inside:
            self.text.append(data)
            self.length += len(data)
            if self.length > LONGEST_CELL:
                raise FileRefused("cell_too_long", row=self.row, sheet=self.grid.name)

    def _cell_ends(self) -> None:
        if self.formula:
            self._put(Odd("formula"))
        elif self.text and (value := self.grid.value(self.kind, self.style, "".join(self.text))) is not None:
            self._put(value)

    def _put(self, value: Value) -> None:
        cells, place = self.cells, self.place
        if place >= MOST_COLUMNS:
            raise FileRefused("too_many_columns", row=self.row, sheet=self.grid.name, most=MOST_COLUMNS)
        if place > len(cells):
            cells.extend([None] * (place - len(cells)))
        if place == len(cells):
            cells.append(value)
        else:
            cells[place] = value

    def _row_ends(self) -> None:
        if self.cells:
            self.ready.append(Line(self.row, self.cells))


@lru_cache(maxsize=4096)
def _index(name: str) -> int:
    index = 0
    for letter in name:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _column(reference: str) -> int:
    """Of “BC12”, from 0."""
    return _index(reference.rstrip("0123456789"))
