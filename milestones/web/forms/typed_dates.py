"""What date does somebody mean who writes “15个工作日后”, “+15wd”, “三季度末” or “11-17”? Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from milestones.workdays import Calendar
from milestones.workdays.periods import FuzzyDate, Precision, period_of

AHEAD = re.compile(
    r"\+?(?P<n>\d{1,3})(?:个)?(?P<unit>工作日|working ?days?|wd|周|星期|weeks?|w|日|天|days?|d)(?:后|之后|以后|later)?"
)
DAY = re.compile(r"(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?:前|之前)?")
MONTH = re.compile(
    r"(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})月(?:份|底|末|底前|末前|内)?|(?P<y>\d{4})-(?P<m>\d{1,2})"
)
QUARTER = re.compile(r"(?:(?P<year>\d{4})年?)?(?:第?(?P<said>[一二三四])季度|q(?P<n>[1-4]))(?:底|末|底前|末前|内)?")
HALF = re.compile(r"(?:(?P<year>\d{4})年?)?(?:(?P<said>[上下])半年|h(?P<n>[12]))(?:底|末|内)?")
YEAR = re.compile(r"(?:(?P<year>\d{4})年?|今年|本年|全年)?(?:年?内|年?底|年?末|年底前|年末前)?")
LONGEST = 999


def read(text: str, today: date, days: Calendar) -> FuzzyDate:
    """A year that is not said is that of `today`; ValueError when it is no date."""
    said = re.sub(r"\s+", " ", text.strip().lower().replace("＋", "+"))
    for form, meant in FORMS:
        if said and (found := form.fullmatch(said) or form.fullmatch(said.replace(" ", ""))):
            return meant(found, today, days)
    raise ValueError(text)


def _ahead(found: re.Match[str], today: date, days: Calendar) -> FuzzyDate:
    n, unit = int(found["n"]), found["unit"]
    if unit.startswith(("工作日", "working", "wd")):
        return FuzzyDate(days.add(today, n))
    return FuzzyDate(today + timedelta(days=n * (7 if unit.startswith(("周", "星期", "w")) else 1)))


def _day(found: re.Match[str], today: date, days: Calendar) -> FuzzyDate:
    return FuzzyDate(date(int(found["year"] or today.year), int(found["month"]), int(found["day"])))


def _month(found: re.Match[str], today: date, days: Calendar) -> FuzzyDate:
    year, month = found["year"] or found["y"] or today.year, found["month"] or found["m"]
    return period_of(date(int(year), int(month), 1), Precision.MONTH)


def _quarter(found: re.Match[str], today: date, days: Calendar) -> FuzzyDate:
    number = int(found["n"]) if found["n"] else "一二三四".index(found["said"]) + 1
    return period_of(date(int(found["year"] or today.year), number * 3, 1), Precision.QUARTER)


def _half(found: re.Match[str], today: date, days: Calendar) -> FuzzyDate:
    number = int(found["n"]) if found["n"] else "上下".index(found["said"]) + 1
    return period_of(date(int(found["year"] or today.year), number * 6, 1), Precision.HALF_YEAR)


def _year(found: re.Match[str], today: date, days: Calendar) -> FuzzyDate:
    return period_of(date(int(found["year"] or today.year), 1, 1), Precision.YEAR)


Meant = Callable[[re.Match[str], date, Calendar], FuzzyDate]
FORMS: tuple[tuple[re.Pattern[str], Meant], ...] = (
    (AHEAD, _ahead),
    (MONTH, _month),
    (DAY, _day),
    (QUARTER, _quarter),
    (HALF, _half),
    (YEAR, _year),
)
