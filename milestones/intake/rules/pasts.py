"""Does a sentence tell of what was already done?"""

from __future__ import annotations

import re
from datetime import date

from .dates import Dated
from .vocabulary import any_of, words

_DONE = re.compile(
    r"已经?(?!知|有)|过去(?!的)|(?<![较比于同])(?:去年|上一年|上年(?!度))|截至|截止目前|以来|[一两二三四五]年来|记者|获悉|据悉|据介绍|近日|(?<!\d)日前|昨日|昨天|荣获|获评|位居|排名|回顾|首次突破|"
    r"尚未|滞后|存在的?(?:主要|突出)?(?:问题|不足|困难)|进度(?:较快|较慢|缓慢|领先)|占(?:年度|全年)(?:计划|任务)|预计(?:全年|完成|实现)|"
    r"完成(?:年度|全年)?(?:计划|目标|任务|进度)(?:任务|目标)?的\d|同比(?:增长|下降)[^,]{0,8}(?:,|。)[^,]{0,20}(?:排|居|位)|"
    rf"(?:累计|成功|先后|共|新)[^,]{{0,12}}了|{any_of(words('pasts', 'done'))}了"
)
_GOAL = "(?:主要|预期|总体|工作|发展|年度|奋斗)目标|目标(?:是|为|任务是|:)"
_AHEAD = re.compile(
    rf"力争|争取|确保(?!了)|(?<![即麻])将(?!军|近)|拟(?!定|订)|今年(?!以来|上半年以来|前|一季度,|上半年,)|下一?步|接下来|预期|{_GOAL}|"
    r"计划(?!的|任务|数|书|完成率)|(?<![主重需必紧首概])要(?!素|求|点|件|闻|道|客|情)|新的一年|明年|来年"
)
_REVIEW = re.compile(
    r"回顾|总结|成效|成绩|进展情况|完成情况|工作情况|推进情况|运行情况|主要成就|主要做法|存在(?:的)?(?:主要|突出)?问题|形势|过去|亮点"
)
_PLAN = re.compile(r"今年|目标|任务|安排|计划|打算|部署|要点|举措|措施|下一?步|思路|预期")
_ANNOUNCED = re.compile(r"(?:发布|印发|召开|公布|举行|报道|表示|指出|强调|通过了|审议|讯|电)")


_NOW = re.compile(r"(?:目前|现已?|已经?|均已|都已|全部已|累计已|在建\d|仍有|尚有)")
_REPORT = re.compile(
    r"(?:进展|完成|推进|落实|执行|运行)情况|总结|回顾|回眸|盘点|大事|亮点|巡礼|喜报|捷报|答卷|成效|成绩单|综述"
)
_NEXT = re.compile(r"下一?步|接下来|下阶段|下半年(?:要|将|工作|重点)|今后")


def tells(sentence: str, dates: list[Dated], since: date) -> bool:
    """Whether it looks back; a sentence that also looks ahead is judged by what comes first."""
    past = min([found.start() for found in _DONE.finditer(sentence)] + _before(dates, since), default=-1)
    ahead = min((found.start() for found in _AHEAD.finditer(sentence)), default=len(sentence))
    return past >= 0 and past <= ahead


def is_done(clause: str) -> bool:
    """已完工32个,在建20个: what stands now, also in a sentence of what is planned."""
    return bool(_NOW.match(clause))


def is_report(title: str) -> bool:
    """Whether a text is about how far things are: …进展情况, …的通报."""
    return bool(_REPORT.search(title)) and not _PLAN.search(title)


def turns(words: str) -> bool:
    """下一步: from here on such a text looks ahead."""
    return bool(_NEXT.search(words))


def looks_ahead(sentence: str, dates: list[Dated], since: date) -> bool:
    return bool(_AHEAD.search(sentence)) or any(one.due.on >= since for one in dates)


def reviews(heading: str, years: list[int], year: int) -> bool:
    """Whether a heading opens a look back: 2022年工作回顾, 过去五年的主要成就."""
    earlier = bool(years) and max(years) < year and not _PLAN.search(heading)
    return earlier or bool(_REVIEW.search(heading) and not _PLAN.search(heading))


def announces(sentence: str, dates: list[Dated]) -> bool:
    """A dateline of the press: on this day somebody published or held something."""
    first = next((one for one in dates if one.start <= 1 and one.due.precision.value == "day"), None)
    return first is not None and sentence[first.end - 1] != "前" and bool(_ANNOUNCED.search(sentence))


def _before(dates: list[Dated], since: date) -> list[int]:
    return [one.start for one in dates if one.due.on < since]
