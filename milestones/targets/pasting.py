"""Which readings stand in lines that somebody pasted from a spreadsheet or a bulletin? Pure.

A line is a day, a value, a source and, if it is so, the word “final”; between them tabs or spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from milestones.workdays.periods import Precision, period_end

from .recording import NewReading, RowProblem

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$", re.ASCII)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?$")
FINAL = ("final", "最终", "最终数", "正式", "正式数")
PROVISIONAL = ("provisional", "初步", "初步数")


@dataclass(frozen=True)
class Pasted:
    rows: list[NewReading]
    problems: list[RowProblem]


def pasted(text: str, *, unit: str, source: str = "", provisional: bool = True) -> Pasted:
    """`source` and `provisional` hold for lines that do not say so; a first line without a digit is a heading."""
    found = Pasted([], [])
    for line, cells in _lines(text):
        try:
            found.rows.append(_row(line, cells, unit, source, provisional))
        except ValueError as error:
            found.problems.append(RowProblem(line, str(error)))
    return found


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for line, content in enumerate(text.splitlines(), start=1):
        content = unicodedata.normalize("NFKC", content).strip(" ")
        is_heading = line == 1 and not re.search(r"\d", content)
        if content.strip() and not is_heading:
            cells = content.split("\t") if "\t" in content else content.split(None, 2)
            yield line, [cell.strip() for cell in cells]


def _row(line: int, cells: list[str], unit: str, source: str, provisional: bool) -> NewReading:
    as_of = _day(cells[0])
    value = number(cells[1] if len(cells) > 1 else "", unit)
    said, state = _source_and_state(cells[2:])
    is_provisional = provisional if state is None else state
    return NewReading(as_of, value, said or source, is_provisional, line=line)


def _source_and_state(cells: list[str]) -> tuple[str, bool | None]:
    """The last word tells whether the figure is provisional, when it is such a word."""
    rest = [cell for cell in cells if cell]
    words = rest[-1].split() if rest else []
    state = next(
        (known for known, names in ((False, FINAL), (True, PROVISIONAL)) if words and words[-1].lower() in names), None
    )
    if state is not None:
        rest = [*rest[:-1], " ".join(words[:-1])]
    return " ".join(part for part in rest if part), state


def _day(text: str) -> date:
    """A day, or the last one of a month."""
    try:
        if found := _MONTH.match(text):
            return period_end(date(int(found[1]), int(found[2]), 1), Precision.MONTH)
        if found := _DAY.match(text) or _DIGITS.match(text):
            return date(*map(int, found.groups()))
    except ValueError:
        pass
    raise ValueError(_("“%(text)s” is not a day like 2023-08-31 or 2023年8月31日.") % {"text": text})


def number(text: str, unit: str) -> Decimal:
    """1,234.5 has its commas between thousands; 19,5 could be meant otherwise and is none: ValueError says so."""
    text = unicodedata.normalize("NFKC", text).strip()
    bare = text.removesuffix(unicodedata.normalize("NFKC", unit)).replace("−", "-").strip()
    if not _NUMBER.match(bare):
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text})
    return Decimal(bare.replace(",", ""))
