"""Between which edges does a value keep its promise, and which of them must be reached?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .figures import Promise

# 左右: a tenth to either side. A figure without a qualifier is as exact as it is read out: 19.9 % is 20 %.
ABOUT = Decimal("0.10")
EXACT = Decimal("0.005")


@dataclass(frozen=True)
class Edges:
    """The promise is kept in [low, high], or above `low` when `strict`; None is open.

    `sign` says where the goal lies: 1 up, -1 down, 0 when one starts within and must only stay there.
    `aim` is the point that the expected course leads to.
    """

    low: Decimal | None
    high: Decimal | None
    aim: Decimal
    sign: int
    strict: bool = False
    open_ended: bool = False

    def met(self, value: Decimal) -> bool:
        if self.low is not None and (value < self.low or (self.strict and value == self.low)):
            return False
        return self.high is None or value <= self.high

    @property
    def near(self) -> Decimal:
        """The edge that one comes to first."""
        edge = self.high if self.sign < 0 else self.low
        return self.aim if edge is None else edge

    def passed(self, value: Decimal) -> bool:
        """Beyond the far edge of a promise with two of them."""
        far = self.low if self.sign < 0 else self.high
        return self.sign != 0 and far is not None and self.sign * (value - far) > 0

    def outside(self, value: Decimal) -> Decimal:
        """How far `value` lies from [low, high]; 0 within."""
        return max(self.low - value if self.low is not None else Decimal(0),
                   value - self.high if self.high is not None else Decimal(0), Decimal(0))  # fmt: skip


def edges(promise: Promise, start: Decimal | None) -> Edges:
    """The edges as seen from `start`, where the period begins (None: not known, the goal is taken to lie above)."""
    value = promise.value
    match promise.bound:
        case "at_least" | "above":
            return Edges(value, None, value, 1, strict=promise.bound == "above")
        case "at_most":
            return Edges(None, value, value, -1)
        case "range":
            assert promise.value_max is not None  # a constraint of the table
            return _range(value, promise.value_max, start)
    slack = abs(value) * (ABOUT if promise.bound == "about" else EXACT)
    sign = 1 if start is None else _sign(value - start)
    return Edges(value - slack, value + slack, value, sign, open_ended=promise.bound == "exactly")


def _range(low: Decimal, high: Decimal, start: Decimal | None) -> Edges:
    if start is None:
        return Edges(low, high, low, 1)
    aim = min(max(start, low), high)
    return Edges(low, high, aim, _sign(aim - start))


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)
