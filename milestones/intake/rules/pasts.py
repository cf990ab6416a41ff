"""Does a sentence tell of what was already done?"""

from __future__ import annotations

import re

from .dates import Dated

_DONE = re.compile(
    r"已经?(?!知|有)|过去|去年|上一年|上年(?!度)|截至|截止目前|以来|记者|获悉|据悉|据介绍|近日|(?<!\d)日前|昨日|昨天|荣获|获评|位居|排名|回顾|首次突破|"
    r"(?:累计|成功|先后|共|新)[^,]{0,12}了|同比(?:增长|下降)[^,]{0,8}(?:,|。)[^,]{0,20}(?:排|居|位)"
)
_AHEAD = re.compile(r"力争|争取|确保|将|今年|下一步|预期|目标|计划|要|新的一年|明年")
_REVIEW = re.compile(r"回顾|总结|成效|成绩|进展情况|完成情况|工作情况|主要成就|主要做法|存在(?:的)?问题|形势|过去")
_PLAN = re.compile(r"今年|目标|任务|安排|计划|打算|部署|要点|举措|措施|下一步|思路|预期")
_ANNOUNCED = re.compile(r"(?:发布|印发|召开|公布|举行|报道|表示|指出|强调|通过了|审议|讯|电)")


def tells(sentence: str, dates: list[Dated], year: int) -> bool:
    """Whether it looks back; a sentence that also looks ahead is judged by what comes first."""
    past = min([found.start() for found in _DONE.finditer(sentence)] + _before(dates, year), default=-1)
    ahead = min((found.start() for found in _AHEAD.finditer(sentence)), default=len(sentence))
    return past >= 0 and past <= ahead


def looks_ahead(sentence: str, dates: list[Dated], year: int) -> bool:
    return bool(_AHEAD.search(sentence)) or any(one.due.on.year >= year for one in dates)


def reviews(heading: str, years: list[int], year: int) -> bool:
    """Whether a heading opens a look back: 2022年工作回顾, 过去五年的主要成就."""
    earlier = bool(years) and max(years) < year and not _PLAN.search(heading)
    return earlier or bool(_REVIEW.search(heading) and not _PLAN.search(heading))


def announces(sentence: str, dates: list[Dated]) -> bool:
    """A dateline of the press: on this day somebody published or held something."""
    first = next((one for one in dates if one.start <= 1 and one.due.precision.value == "day"), None)
    return first is not None and sentence[first.end - 1] != "前" and bool(_ANNOUNCED.search(sentence))


def _before(dates: list[Dated], year: int) -> list[int]:
    return [one.start for one in dates if one.due.on.year < year]
