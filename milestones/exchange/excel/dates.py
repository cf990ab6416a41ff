"""How does a date stand in a cell, so that a fuzzy one never looks exact, and which words mean one?"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from django.utils.translation import gettext_lazy as _

from milestones.workdays.periods import FuzzyDate, Precision, period_of

from ..sheets.values import Day, Value
from .refused import Rejected

FIRST_IN_EXCEL = date(1900, 3, 1)  # before it Excel counts a day that was none
YEARS = range(1900, 2200)
STAMPS = range(19_000_101, 21_991_232)  # 20230630
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_MONTHS = {word: n for n, word in enumerate("一 二 三 四 五 六 七 八 九 十 十一 十二".split(), 1)}
_YEAR = r"(?:(?P<year>\d{4})(?:年度?|\s)?)?"
_END = r"(?:之?前|以前|底前|末前|底|末|内|年内|中完成)?"
_RULES: tuple[tuple[Precision, re.Pattern[str]], ...] = (
    (Precision.DAY, re.compile(r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?:之?前|以前)?")),
    (Precision.DAY, re.compile(r"(?P<year>(?:19|2[01])\d{2})(?P<month>\d{2})(?P<day>\d{2})")),
    (Precision.DAY, re.compile(r"(?P<month>\d{1,2})月(?P<day>\d{1,2})日(?:之?前|以前)?")),
    (Precision.HALF_YEAR, re.compile(_YEAR + r"[Hh](?P<half>[12])")),
    (Precision.HALF_YEAR, re.compile(_YEAR + r"(?P<half>[上下])半年" + _END)),
    (Precision.QUARTER, re.compile(_YEAR + r"[Qq](?P<quarter>[1-4])")),
    (Precision.QUARTER, re.compile(_YEAR + r"第?(?P<quarter>[一二三四1-4])季度?" + _END)),
    (Precision.MONTH, re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})")),
    (Precision.MONTH, re.compile(_YEAR + r"(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])月份?" + _END)),
    (Precision.YEAR, re.compile(r"(?P<year>\d{4})年?度?" + _END)),
    (Precision.YEAR, re.compile(r"(?:本年度?内?|今年内?|年内|全年|年底前?|年末前?|年度内)")),
)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?")


def spoken(value: FuzzyDate | None, year: int, language: str) -> date | str | None:
    """What a cell holds: a day as a date, 年内 in the plan's own year, otherwise the plain code: 2023Q3, 2023-06."""
    if value is None:
        return None
    if value.precision is Precision.DAY:
        return value.on if value.on >= FIRST_IN_EXCEL else value.on.isoformat()
    if value.precision is Precision.YEAR and language.startswith("zh"):
        return "年内" if value.on.year == year else f"{value.on.year}年内"
    return str(value)


def read(cell: Value, year: int | None) -> FuzzyDate | None:
    """None for an empty cell; `year` is that of words without one. Raises Rejected."""
    match cell:
        case None:
            return None
        case Day(on, precision):
            return period_of(on, precision)
        case int() if not isinstance(cell, bool) and cell in YEARS:
            return period_of(date(cell, 12, 31), Precision.YEAR)
        case int() if not isinstance(cell, bool) and cell in STAMPS:
            return _of_words(str(cell), year)
        case str():
            return _of_words(cell, year)
    raise _rejected(cell)


def _of_words(cell: str, year: int | None) -> FuzzyDate | None:
    words = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell))
    if not words:
        return None
    if stamp := _ISO.fullmatch(cell.strip()):
        words = f"{stamp[1]}-{stamp[2]}-{stamp[3]}"
    for precision, rule in _RULES:
        if found := rule.fullmatch(words):
            return _made(cell, precision, found.groupdict(), year)
    raise _rejected(cell)


def _made(cell: str, precision: Precision, parts: dict[str, str | None], year: int | None) -> FuzzyDate:
    said = parts.get("year")
    of = int(said) if said else year
    if of is None:
        raise Rejected(
            "year_missing", _("“%(value)s” does not say of which year; write the year too."), value=cell.strip()
        )
    try:
        return period_of(date(of, _month(parts), int(parts.get("day") or 1)), precision)
    except ValueError:
        raise _rejected(cell) from None


def _month(parts: dict[str, str | None]) -> int:
    if month := parts.get("month"):
        return _MONTHS.get(month) or int(month)
    if quarter := parts.get("quarter"):
        return _QUARTERS[quarter] * 3
    if half := parts.get("half"):
        return 6 if half in "1上" else 12
    return 12


def _rejected(cell: Value) -> Rejected:
    message = _("“%(value)s” is no date; write 2023-06-30, 2023-06, 2023Q3, 2023H1, 2023 or 年内.")
    return Rejected("date", message, value=cell if isinstance(cell, str | int | float) else "")
