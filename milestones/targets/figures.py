"""What does the arithmetic of pace start from and end in: promises, figures, reasons, four decimals?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

PLACES = Decimal("0.0001")
DEFAULT_TOLERANCE = Decimal(10)
GROWTHS = ("flow_growth", "stock_growth")


@dataclass(frozen=True)
class Promise:
    """What a target promises for the period [first, last]; the codes are those of Measure and Bound.

    `tolerance` are percentage points of the way to the goal: so far behind is yellow, further is red.
    """

    measure: str
    bound: str
    value: Decimal
    first: date
    last: date
    value_max: Decimal | None = None
    tolerance: Decimal = DEFAULT_TOLERANCE

    @property
    def eve(self) -> date:
        """The day before the period: at its end nothing of the period has passed."""
        return self.first - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.last - self.eve).days


@dataclass(frozen=True)
class Figure:
    """A reading: the day its value stands for, not the day it was published. `id`s rise in the order of recording."""

    id: Any
    as_of: date
    value: Decimal
    provisional: bool = True
    revises: Any = None


@dataclass(frozen=True)
class Reason:
    """A code and its parameters: figures as decimal strings, days in ISO form. `wording.py` says it."""

    code: str
    params: dict[str, str] = field(default_factory=dict)


def effective(figures: Iterable[Figure], on: date | None = None) -> list[Figure]:
    """One figure a day, by day, as far as `on`: what revises another takes its place, whatever day it then stands for.

    Of several unconnected figures of one day a final one counts before a provisional one, then the last recorded.
    """
    given = list(figures)
    replaced = {figure.revises for figure in given if figure.revises is not None}
    standing = [one for one in given if one.id not in replaced and (on is None or one.as_of <= on)]
    standing.sort(key=lambda one: (one.as_of, not one.provisional, one.id))
    return list({one.as_of: one for one in standing}.values())


def rounded(value: Decimal) -> Decimal:
    """To the four decimals that readings have; never a negative nothing."""
    return value.quantize(PLACES) + 0


def plain(value: Decimal) -> str:
    """Without trailing zeros: 10, 2.5, 1000."""
    return f"{value.normalize() + 0:f}"
