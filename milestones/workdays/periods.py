"""What does 年内, 三季度末 or 6月底前 mean as a day, and which period is it?"""

from __future__ import annotations

import calendar as months
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_FIRST_YEAR, _LAST_YEAR = 1900, 9998
_CODE = re.compile(
    r"(?P<year>\d{4})(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?",
    re.ASCII,
)


class Precision(StrEnum):
    """How exactly a date was promised."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """The length of such a period in months; 0 for a day."""
        return _MONTHS[self]


_MONTHS = {
    Precision.DAY: 0,
    Precision.MONTH: 1,
    Precision.QUARTER: 3,
    Precision.HALF_YEAR: 6,
    Precision.YEAR: 12,
}


class NotPeriodEnd(ValueError):
    """`on` is not the last calendar day of its period; `right_day` is."""

    def __init__(self, on: date, precision: Precision, right_day: date) -> None:
        self.on, self.precision, self.right_day = on, precision, right_day
        super().__init__(f"{on} does not end its {precision}: {right_day} does")


@dataclass(frozen=True, slots=True, order=True)
class FuzzyDate:
    """A promised date: `on` is always the last calendar day of its period (else NotPeriodEnd).

    Ordered by that day, a shorter period's name breaking ties only for a stable order.
    """

    on: date
    precision: Precision = Precision.DAY

    def __post_init__(self) -> None:
        object.__setattr__(self, "precision", Precision(self.precision))
        right_day = period_end(self.on, self.precision)
        if self.on != right_day:
            raise NotPeriodEnd(self.on, self.precision, right_day)

    @property
    def start(self) -> date:
        """The first calendar day of the period."""
        return period_start(self.on, self.precision)

    @property
    def end(self) -> date:
        """The last calendar day of the period."""
        return self.on

    @property
    def effective_day(self) -> date:
        """The day that counts for deadlines: the last of the period."""
        return self.on

    @property
    def is_fuzzy(self) -> bool:
        """Whether it may never be shown as an exact day."""
        return self.precision is not Precision.DAY

    def rebase(self, years: int) -> FuzzyDate:
        """The same promise `years` later (or earlier); 29 February becomes the 28th."""
        moved = same_day_in(self.on, self.on.year + years)
        return FuzzyDate(period_end(moved, self.precision), self.precision)

    def __str__(self) -> str:
        """The plain code: 2023, 2023H1, 2023Q3, 2023-06 or 2023-06-30."""
        match self.precision:
            case Precision.YEAR:
                return f"{self.on.year:04}"
            case Precision.HALF_YEAR:
                return f"{self.on.year:04}H{self.on.month // 6}"
            case Precision.QUARTER:
                return f"{self.on.year:04}Q{self.on.month // 3}"
            case Precision.MONTH:
                return f"{self.on.year:04}-{self.on.month:02}"
            case _:
                return self.on.isoformat()

    @classmethod
    def parse(cls, code: str) -> FuzzyDate:
        """The date a plain code means; ValueError when it is none. `parse(str(d)) == d`."""
        found = _CODE.fullmatch(code.strip())
        if found is None or not _FIRST_YEAR <= int(found["year"]) <= _LAST_YEAR:
            raise ValueError(f"{code!r} is not a date like 2023, 2023H1, 2023Q3, 2023-06, 2023-06-30")
        year = int(found["year"])
        if half := found["half"]:
            return period_of(date(year, int(half) * 6, 1), Precision.HALF_YEAR)
        if quarter := found["quarter"]:
            return period_of(date(year, int(quarter) * 3, 1), Precision.QUARTER)
        if day := found["day"]:
            return cls(date(year, int(found["month"]), int(day)))
        if month := found["month"]:
            return period_of(date(year, int(month), 1), Precision.MONTH)
        return period_of(date(year, 1, 1), Precision.YEAR)


def period_of(day: date, precision: Precision) -> FuzzyDate:
    """The period of this precision that holds `day`."""
    return FuzzyDate(period_end(day, precision), precision)


def period_start(day: date, precision: Precision) -> date:
    """The first calendar day of the period that holds `day`."""
    if precision is Precision.DAY:
        return day
    return date(day.year, _last_month(day, precision) - precision.months + 1, 1)


def period_end(day: date, precision: Precision) -> date:
    """The last calendar day of the period that holds `day`."""
    if precision is Precision.DAY:
        return day
    month = _last_month(day, precision)
    return date(day.year, month, months.monthrange(day.year, month)[1])


def quarter_ends(after: date, until: date) -> list[date]:
    """The last calendar days of quarters in (after, until], in order."""
    ends: list[date] = []
    end = period_end(after + timedelta(days=1), Precision.QUARTER)
    while end <= until:
        ends.append(end)
        end = period_end(end + timedelta(days=1), Precision.QUARTER)
    return ends


def same_day_in(day: date, year: int) -> date:
    """The same month and day of another year; 29 February becomes the 28th."""
    last = months.monthrange(year, day.month)[1]
    return date(year, day.month, min(day.day, last))


def _last_month(day: date, precision: Precision) -> int:
    length = precision.months
    return (day.month - 1) // length * length + length
