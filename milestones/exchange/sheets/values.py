"""What may stand in a cell beside texts and numbers?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from milestones.workdays.periods import Precision


@dataclass(frozen=True, slots=True)
class Day:
    """A date, as exact as its number format shows it: a cell shown as “2023-06” was typed as a month."""

    on: date
    precision: Precision = Precision.DAY


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell without a value of its own: a formula, or the error that one left."""

    rule: str  # formula, error
    shown: str = ""


PERCENT: Final = "%"
Shows = Precision | Literal["%"] | None  # how exact a date, that a number is a percentage, or nothing of the kind
Value = str | int | float | bool | Day | Odd | None


class Line(NamedTuple):
    """A row as it stands in the file: its number there, its cells from column A on; None where one is empty."""

    number: int
    cells: list[Value]


def letters(index: int) -> str:
    """The name of a column, which counts from 0: A, B, …, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
