"""Which dates does a text name, and which day and precision do they mean?"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from milestones.workdays.periods import FuzzyDate, Precision, period_of

from . import festivals
from .numerals import whole

KEPT = 256  # one clause is asked for its dates several times
_YEAR = r"(?P<year>(?<!\d)20\d{2}|二[〇零○][一二三四五六七八九〇零○]{2})年度?"
_RELATIVE = r"(?P<relative>今年|本年度?|当年|明年|次年|翌年|去年|上年度?|前年)"
_MONTHS = r"1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"
_FROM = rf"(?:(?:{_MONTHS})月?(?:\d{{1,2}}日)?(?:-|~|至|到))?"  # of a stretch only its end counts
_MONTH = rf"{_FROM}(?<![\d.个第])(?P<month>{_MONTHS})月(?!季)"
_DAYS = "3[01]|[12][0-9]|0?[1-9]|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九]"
_PART = rf"(?:(?P<day>{_DAYS})(?:日|号)|(?P<third>[上中下]旬)|(?P<rest>月?底|末|份|内|初)?)"
_QUARTER = (
    r"(?<![每各])第?(?:[一二三1-3](?:-|至|到|、))?"
    r"(?:(?P<quarter>[一二三四1-4])个?季度|[Qq](?P<q>[1-4])(?!\d)|前(?P<first>[二三23])个?季度)"
)
_HALF = r"(?P<half>上半年|下半年|年中(?!心))"
_BEFORE = r"(?:(?:底|末|内|中)?(?:以前|之前|前)|底|末|内)?"
_WHOLE = r"(?P<whole>年内|岁末年?初?|岁末|年底|年末|年终|全年|年度内|本年内)(?:以前|之前|前)?"
_ISO = (
    r"(?<![\d.])(?P<iso_year>20\d{2})(?P<sign>[-./])(?P<iso_month>1[0-2]|0?[1-9])"
    r"(?:(?P=sign)(?P<iso_day>3[01]|[12]\d|0?[1-9]))?(?![\d%])(?:日|前)*"
)
_LATER = r"(?!\s?(?:\d|十?[一二三四五六七八九十]月|第?[一二三四前]个?[二三]?季|[上下]半年|年中))"  # the year of a date
_BARE = (
    r"(?P<to>到|至|力争|确保|截至|截止|(?:(?<!\d)20\d{2}年?\s?(?:-+|~|至|到)\s?))?"
    rf"{_YEAR.replace('?P<year>', '?P<bare>')}{_LATER}"
    r"(?P<bare_end>底|末|内|全年|年底|年末)?(?:以前|之前|前)?"
)
_FESTIVAL = (
    rf"(?:(?:{_YEAR.replace('?P<year>', '?P<feast_year>')}|今年)?(?P<feast>{'|'.join(festivals.WORDS)})"
    r"(?:节|假期|长假|小长假)*(?:到来|来临)?(?:之前|以前|前))"
)
_SCHOOL = r"(?P<school>[春秋])(?:季学?期?|学期)(?:开学|学期)?(?P<school_before>之?前|以前)?"
_FIVE_YEARS = r"(?P<plan>十[二三四五六]五)[”’]?(?:规划)?(?:期间|期末|末|时期|期内|收官)"
_ALONE = rf"(?<![较比于同]){_RELATIVE.replace('?P<relative>', '?P<alone>')}(?:以内|内|底|末)?(?!以来|来)"
_DATE = re.compile(
    rf"{_ISO}|{_FESTIVAL}|{_SCHOOL}|“?{_FIVE_YEARS}|(?:到|至|于|在)?(?:(?:{_YEAR}|{_RELATIVE})[的 ]?)?"
    rf"(?:{_MONTH}{_PART}|{_QUARTER}|{_HALF}|{_WHOLE}){_BEFORE}|{_BARE}|{_ALONE}"
)
_COUNTED = "[个家项人户名万亿千百元吨公亩平米条座所台辆套张处余多]"  # 2000个: a number, no year
_NAMED = re.compile(
    rf"{_YEAR}|(?<![\d.\-])(?P<bare>20[1-4]\d)(?=[,、\s”’)》]|$|[-./]\d{{1,2}}(?!\d)|[\u4e00-\u9fff])(?!\s?{_COUNTED})"
)
_ONLY_DATE = re.compile(
    r"(?:20\d{2}年|[\s(),、:的]|需|应|计划|重点|主要|工作|任务|完成|安排|目标|事项|清单|项目|节点|进度|分解|开工|竣工|前)*"
)
_OFFSETS = {"明年": 1, "次年": 1, "翌年": 1, "去年": -1, "上年": -1, "上年度": -1, "前年": -2}
_NAMES = re.compile(r"《[^《》\n]{1,120}》|“[^“”\n]{1,80}”")
_STOCK = re.compile(r"\s*(?:[本外]|存|贷|余额|库存|在营|实有)")  # 年末贷款余额: of a number, not by when


@dataclass(frozen=True, slots=True)
class Dated:
    """A date at [start, end) of a text. `weak`: it only names the whole of the present year (全年, 今年, 2023年)."""

    start: int
    end: int
    due: FuzzyDate
    weak: bool = False


def find(text: str, year: int) -> list[Dated]:
    """Every date outside titles and quotations that can be one, `year` standing in where none is said."""
    return list(_find(text, year))


@lru_cache(maxsize=KEPT)
def _find(text: str, year: int) -> tuple[Dated, ...]:
    names = [found.span() for found in _NAMES.finditer(text)]
    return tuple(
        dated
        for found in _DATE.finditer(text)
        if not any(start < found.start() < end for start, end in names) and (dated := _dated(found, year))
    )


@lru_cache(maxsize=KEPT)
def hidden(text: str) -> str:
    """The text with blanks where dates stand: their numbers are no quantities."""
    return _DATE.sub(lambda found: " " * len(found[0]), text)


def only(text: str, year: int) -> FuzzyDate | None:
    """What a cell or a 完成时限 says: its last date; 长期 and 持续推进 are the year."""
    if found := find(text, year):
        return found[-1].due
    if re.search("长期|持续|常态|全年|每[年月季]|贯穿", text):
        return of_year(year)
    bare = re.fullmatch(rf"({_MONTHS})月?(?:底|末|份)?前?", text.strip())
    return _month_end(year, whole(bare[1])) if bare and "月" in text else None


def heading(text: str, year: int) -> FuzzyDate | None:
    """The date of a heading that says nothing else: 第一季度, (二)6月底前完成的任务; not that of a whole year."""
    found = [one for one in find(text, year) if not one.weak]
    if len(found) != 1 or found[0].due == of_year(year):
        return None
    if found[0].due.precision is Precision.DAY and "前" not in text:
        return None  # the day on which a notice was signed
    return found[0].due if _ONLY_DATE.fullmatch(hidden(text)) else None


def of_year(year: int) -> FuzzyDate:
    return FuzzyDate(date(year, 12, 31), Precision.YEAR)


def years(text: str) -> Iterator[tuple[int, int]]:
    """(position, year) of all years named: with 年, in a date of digits, or bare (2023临港工作要点)."""
    for found in _NAMED.finditer(text):
        yield found.start(), whole(found["year"] or found["bare"])


def _dated(found: re.Match[str], year: int) -> Dated | None:
    due = _due(found, year)
    if due is None or (found["whole"] in ("年末", "年底") and _STOCK.match(found.string, found.end())):
        return None
    weak = bool(
        found["alone"] or found["whole"] == "全年" or (found["bare"] and not (found["bare_end"] or found["to"]))
    )
    return Dated(found.start(), found.end(), due, weak and due.on.year == year)


def _due(found: re.Match[str], year: int) -> FuzzyDate | None:
    if found["iso_year"]:
        return _day_or_month(int(found["iso_year"]), int(found["iso_month"]), found["iso_day"])
    if found["feast"] or found["plan"] or found["school"]:
        return _named_time(found, year)
    if found["bare"] or found["alone"]:
        return _whole_year(found, year)
    if found["year"]:
        year = whole(found["year"])
    else:
        year += _OFFSETS.get(found["relative"] or "", 0)
    if found["month"]:
        return _of_month(found, year)
    if half := found["half"]:
        return period_of(date(year, 12 if half == "下半年" else 6, 1), Precision.HALF_YEAR)
    if number := found["quarter"] or found["q"] or found["first"]:
        return period_of(date(year, whole(number) * 3, 1), Precision.QUARTER)
    return of_year(year)


def _named_time(found: re.Match[str], year: int) -> FuzzyDate | None:
    if found["plan"]:  # 十四五 ends with 2025
        return of_year(1955 + 5 * whole(found["plan"][:-1]))
    if found["school"]:  # terms begin in March and September
        return _month_end(year, (3 if found["school"] == "春" else 9) - bool(found["school_before"]))
    day = festivals.before(found["feast"], whole(found["feast_year"]) if found["feast_year"] else year)
    return FuzzyDate(day) if day else None


def _whole_year(found: re.Match[str], year: int) -> FuzzyDate | None:
    """A year alone is a date at the head of a clause or with 到, 底, 前; elsewhere it describes (2022年度决算)."""
    if found["alone"]:
        return of_year(year + _OFFSETS.get(found["alone"], 0))
    before = found.string[: found.start()].rstrip()
    said = found["to"] or found["bare_end"] or found[0].endswith("前")
    if said or not before or before[-1] in ",，。;；:：(、":
        return None if found[0].endswith("年度") else of_year(whole(found["bare"]))
    return None


def _of_month(found: re.Match[str], year: int) -> FuzzyDate | None:
    month = whole(found["month"])
    if found["day"]:
        return _day_or_month(year, month, str(whole(found["day"])))
    ends = (found["rest"] or "") in ("底", "月底", "末") or found[0].endswith(("底前", "末前", "底", "末"))
    if month == 12 and ends:
        return of_year(year)  # 12月底前 promises no more than 年底前
    return _month_end(year, month)


def _month_end(year: int, month: int) -> FuzzyDate:
    return period_of(date(year, month, 1), Precision.MONTH)


def _day_or_month(year: int, month: int, day: str | None) -> FuzzyDate | None:
    if day is None:
        return _month_end(year, month)
    if int(day) > calendar.monthrange(year, month)[1]:
        return None
    return FuzzyDate(date(year, month, int(day)))
