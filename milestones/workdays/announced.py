"""Which days does the text of a yearly holiday notice take off or put on?

The form is that of the notices cited in `china.py`:
春节：1月28日（农历除夕、周二）至2月4日（周二）放假调休，共8天。1月26日（周日）上班。
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_REMARK = r"(?:\((?P<%s>[^()]*)\))?"
_DAY = r"(?:(?P<y%s>\d{4}|次)年)?(?:(?P<m%s>\d{1,2})月)?(?P<d%s>\d{1,2})日"
_TOKEN = re.compile(
    (_DAY % (1, 1, 1)) + (_REMARK % "r1") + r"(?:(?:至|到|[-–—~])" + (_DAY % (2, 2, 2)) + (_REMARK % "r2") + r")?"
    r"|(?P<off>放假|休息|补休)|(?P<on>上班)"
)
_NAME = re.compile(r"^(?:\(?[一二三四五六七八九十\d]+[)、.])?(?P<name>[^:]{1,20}):")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_WEEKDAYS = "一二三四五六日"
_LONGEST = 20  # days; the longest holiday so far had 9


class Unreadable(ValueError):
    """`why` is one of no_days, no_such_day, other_weekday, too_long, twice; `words` is the place in the text."""

    def __init__(self, why: str, words: str) -> None:
        super().__init__(f"{why}: {words}")
        self.why, self.words = why, words


@dataclass(frozen=True)
class Announced:
    """One day; `name` is the holiday it belongs to (春节), empty when the line names none."""

    day: date
    is_working: bool
    name: str


def read(text: str, year: int) -> list[Announced]:
    """The days that `text`, the notice of `year`, speaks of, rising; Unreadable when it cannot be meant so."""
    found: dict[date, Announced] = {}
    for line in unicodedata.normalize("NFKC", text).splitlines():
        for one in _line(re.sub(r"\s+", "", line), year):
            if found.setdefault(one.day, one).is_working != one.is_working:
                raise Unreadable("twice", one.day.isoformat())
    if not found:
        raise Unreadable("no_days", "")
    return [found[day] for day in sorted(found)]


def _line(line: str, year: int) -> Iterator[Announced]:
    """What is said of days stands behind them: they wait until 放假 or 上班 comes."""
    named = _NAME.match(line)
    name = named["name"] if named else ""
    waiting: list[date] = []
    month: int | None = None
    for token in _TOKEN.finditer(line):
        if token["d1"] is None:
            yield from (Announced(day, token["on"] is not None, name) for day in waiting)
            waiting = []
        elif token["m1"] or month:
            days = _days(token, year, month)
            month = days[-1].month
            waiting += days


def _days(token: re.Match[str], year: int, month: int | None) -> list[date]:
    words = token[0]
    begins, ends = int(token["m1"] or month or 0), int(token["m2"] or token["m1"] or month or 0)
    crosses = token["d2"] is not None and ends < begins
    # 12月30日至1月1日 in the notice of a year begins in the year before; with its year or 次年 it says so itself.
    first = _date(_year(token["y1"], year - 1 if crosses and token["y2"] is None else year), begins, token["d1"], words)
    _same_weekday(first, token["r1"], words)
    if token["d2"] is None:
        return [first]
    last = _date(_year(token["y2"], first.year + crosses), ends, token["d2"], words)
    _same_weekday(last, token["r2"], words)
    if not first <= last < first + timedelta(days=_LONGEST):
        raise Unreadable("too_long", words)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _year(said: str | None, else_: int) -> int:
    return int(said) if said and said.isdecimal() else else_


def _date(year: int, month: int, day: str, words: str) -> date:
    try:
        return date(year, month, int(day))
    except ValueError:
        raise Unreadable("no_such_day", words) from None


def _same_weekday(day: date, remark: str | None, words: str) -> None:
    said = _WEEKDAY.search(remark or "")
    if said and _WEEKDAYS.index(said[1].replace("天", "日")) != day.weekday():
        raise Unreadable("other_weekday", words)
