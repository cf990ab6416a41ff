"""Which figures were read of the targets? Some are well ahead, some fell behind and caught up, some missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from milestones.models import Bound, Measure, Reading, Target
from milestones.targets import operations as targets
from milestones.workdays.periods import quarter_ends

from .stage import EXAMPLE, Row, Stage, Telling, When

READ_AFTER, FINAL_AFTER = 8, 30  # working days after a quarter's end
COUNTED = ("个", "家")

# How much of the value was reached at the end of each quarter.
GROWING = "0.82 0.91 0.96 1.02"
ADDED_UP = "0.20 0.46 0.74 1.03"
REACHED = {
    "HEAD-T1": "1.04 1.06 1.05 1.03",
    "HEAD-T3": "0.95 0.90 0.85 0.93",
    "HEAD-T4": "1.00 0.99 1.01 1.02",
    "HEAD-T5": "0.70 0.86 0.94 1.01",
    "TRD-T1": "1.10 1.05 1.02 1.03",
    "FIN-T1": "0.20 0.42 0.70 1.01",
    "INN-T3": "0.88 0.90 0.93 0.98",
    "INN-T5": "0.83 0.90 1.00 1.08",
    "IND-T1": "0.26 0.53 0.78 1.04",
    "FIN-T2": "0.15 0.38 0.61 0.98",
    "YSB-T2": "0.24 0.56 0.80 1.04",
    "YSB-T3": "0.30 0.50 0.80 1.10",
    "YSB-T4": "0.10 0.40 0.70 1.00",
}
REVISED = {("FIN-T2", 6): Decimal("1.05")}  # a provisional figure that became final, and another


@dataclass(frozen=True)
class Quarters(Row):
    """What was read of one target; there is no milestone to it."""

    target: str
    code: str = ""
    begins: ClassVar[When] = (3, 31)

    def tell(self, stage: Stage) -> Telling:
        target = stage.plan.targets.select_related("plan").get(code=self.target)
        office = stage.actor("office")
        for end in quarter_ends(stage.plan.starts_on - timedelta(days=1), stage.plan.ends_on):
            now = yield stage.on(stage.calendar.add(end, READ_AFTER))
            provisional = end.month < 12
            value = _reached(target, end)
            first = targets.record_reading(
                target, as_of=end, value=value, source=EXAMPLE, provisional=provisional, actor=office, now=now
            )
            if (self.target, end.month) in REVISED:
                now = yield stage.on(stage.calendar.add(end, FINAL_AFTER))
                _revise(target, first, REVISED[self.target, end.month], stage, now)


def _revise(target: Target, first: Reading, by: Decimal, stage: Stage, now: datetime) -> None:
    targets.record_reading(
        target,
        as_of=first.as_of,
        value=_rounded(target, first.value * by),
        source=EXAMPLE,
        provisional=False,
        revises=first,
        actor=stage.actor("office"),
        now=now,
    )


def _reached(target: Target, end: date) -> Decimal:
    usual = ADDED_UP if target.measure == Measure.CUMULATIVE else GROWING
    share = Decimal(REACHED.get(target.code, usual).split()[end.month // 3 - 1])
    goal = target.value_max if target.bound == Bound.RANGE and target.value_max else target.value
    return _rounded(target, goal * share)


def _rounded(target: Target, value: Decimal) -> Decimal:
    """In the target's unit: whole for things that are counted."""
    return value.quantize(Decimal(1) if target.unit in COUNTED else Decimal("0.1"))


TARGETS = (
    *(f"HEAD-T{n}" for n in range(1, 6)),
    *(f"INN-T{n}" for n in range(1, 6)),
    *("IND-T1", "FIN-T1", "FIN-T2", "TRD-T1"),
    *(f"YSB-T{n}" for n in range(1, 5)),
)
ROWS = tuple(Quarters(code) for code in TARGETS)
