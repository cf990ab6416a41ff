"""Which year is the plan about?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from milestones.workdays.periods import FuzzyDate, Precision

from .dates import find, years
from .numerals import whole
from .pieces import Piece

_PLAN = re.compile(
    r"年?(?:度)?[^。,;\d]{0,20}(?:要点|工作报告|计划|任务|清单|安排|打算|实事|方案|分工|目标|部署|思路|重点工作|督查|项目表)"
)
_REVIEW = re.compile(r"年?(?:度)?[^。,;\d]{0,12}(?:回顾|总结|完成情况|执行情况|工作情况)")
_DAY = re.compile(r"年\d{1,2}月\d{1,2}日")
_HEAD = 8  # lines among which a title stands
_PARTS = {Precision.QUARTER, Precision.HALF_YEAR}
_OF_PART = re.compile(
    r"[^,。;:\d]{0,16}(?:要点|计划|任务|清单|安排|打算|部署|思路|工作)(?!情况|总结|回顾)[^,。;:\d]{0,6}$"
)
_LONGEST_TITLE = 40
_STRETCH = re.compile(r"(?<!\d)(20\d{2})年?\s?(?:-+|~|至|到)\s?(20\d{2})(?=年|[)\s]|$)")
_FIVE_YEARS = re.compile(r"(十[三四五六])五[”’]?[^。,;]{0,24}规划(?!.{0,6}(?:要求|提出|明确))")
_OF_YEARS = re.compile(r"计划|方案|行动|规划|任务|目标")


def of(lines: Sequence[Piece]) -> int | None:
    """The one most said, above all in the title or before a word for plans; of two the later; None without any."""
    score: Counter[int] = Counter()
    for number, line in enumerate(lines):
        text = line.text
        for first, _last in _stretches(text):
            score[first] += 12 if number < _HEAD and _OF_YEARS.search(text) else 1
        for at, year in years(_STRETCH.sub(lambda found: " " * len(found[0]), text)):
            score[year] += _weight(text[at + 4 :], number < _HEAD)
    best = max(score.items(), key=lambda one: (one[1], one[0]), default=(None, 0))
    return best[0]


def until(lines: Sequence[Piece], year: int | None) -> int | None:
    """The last year of a plan of several years (2024-2026年), where its title says so."""
    for line in lines[:_HEAD]:
        for first, last in _stretches(line.text):
            if year is not None and first <= year <= last <= first + 10 and _OF_YEARS.search(line.text):
                return last
    return None


def term(lines: Sequence[Piece], year: int | None) -> FuzzyDate | None:
    """The part of the year that a text is about, where its title says so: 下半年工作打算."""
    for line in lines[:_HEAD] if year else ():
        found = [one for one in find(line.text, year or 0) if one.due.precision in _PARTS]
        if found and len(line.text) <= _LONGEST_TITLE and _OF_PART.match(line.text[found[0].end :]):
            return found[0].due
    return None


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    for found in _STRETCH.finditer(text):
        yield int(found[1]), int(found[2])
    for found in () if next(years(text), None) else _FIVE_YEARS.finditer(text):
        last = 1955 + 5 * whole(found[1])  # 十四五 ends with 2025
        yield last - 4, last


def _weight(after: str, in_title: bool) -> int:
    if _REVIEW.match(after) or _DAY.match(after):
        return 1
    if _PLAN.match(after):
        return 12 if in_title else 5
    return 3 if in_title else 1
