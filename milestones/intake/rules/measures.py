"""How is a figure measured: growth, what comes together in the year, or what there is on a day?"""

from __future__ import annotations

import re

from .quantities import DURATIONS, Quantity
from .vocabulary import any_of, words

_GROWS = "增长|增速|增幅|涨幅|降幅|上涨|下跌|增加|上升|提升|提高|下降|降低|减少|压减|压降|缩减|缩短|压缩"
GROWTH = re.compile(
    rf"(?P<verb>(?:同比|年均)?(?:{_GROWS}|(?<![新净倍递扩激])[增降](?=[\d\s]|$)))(?:率|幅度)?"
    r"(?:力争|确保|努力|达到?|保持在|保持|控制在|为|至|到|在|预期|目标|[: ])*$"
)
_GROWN = {"增速": "增长", "增幅": "增长", "增": "增长", "降": "下降", "降幅": "下降", "涨幅": "上涨"}
_REACHES = "(?:提升|提高|增加|增长|上升|扩大|降低|下降|减少|压缩|压减|缩短|增|升|降)[到至]"
_LEVEL = re.compile(rf"{_REACHES}[: ]*$")
LINK = re.compile(
    r"(?:总数|总量|数量)?(?:力争|争取|确保|努力)?"
    rf"(?:达到?|实现|(?:保持|稳定|维持)在|{_REACHES}|占比|占|为|有|共|计|合计|累计|目标值|[:=])*[: ]*$"
)
_ACCRUES = words("measures", "accrues")
ACCRUES = re.compile(any_of(_ACCRUES))
_COUNTED_VERBS = re.compile(any_of(word for word in _ACCRUES if word not in {"实现", "发展"}))
_STANDING = re.compile(
    r"藏量|总量|余额|存量|保有量|保有|总数|累计|达到|在营|管理规模|资产|注册资本|总规模|库存|人口|容量|能力|储备|数量|面积达|里程达|密度|规模达"
)
_TOTAL = re.compile("(?:总数|总量|存量|保有量|数量|累计)(?:力争|争取|要|将)?(?:达|超|突破|为|保持)")
_YEAR_END = re.compile(r"余额|存量|保有量|年末|年底|总资产|库存|在册")
_RATE = re.compile(r"率|占比|比重|比例|强度|满意度|密度|达标|优良|指数")


def of(quantity: Quantity, name: str, verbs: str) -> str:
    """`name` is what is counted as the text words it, `verbs` what leads to the number, also from the clause before."""
    if _LEVEL.search(verbs) and not GROWTH.search(name):
        return "stock"
    if GROWTH.search(name) or name.endswith(("增长", "增速", "下降", "降低", "增幅", "涨幅", "降幅", "上涨")):
        if quantity.is_percent:
            return "stock_growth" if _YEAR_END.search(name) else "flow_growth"
        return "cumulative"
    if "/" in quantity.unit:
        return "cumulative" if _COUNTED_VERBS.search(verbs) else "stock"
    if quantity.unit in {"%", "个百分点"} or quantity.unit in DURATIONS:
        return "cumulative" if quantity.unit == "个百分点" else "stock"
    if quantity.unit in LEVELS:
        return "cumulative" if ACCRUES.search(verbs) else "stock"
    return _of_amount(quantity, name, verbs)


def _of_amount(quantity: Quantity, name: str, verbs: str) -> str:
    if _counts(quantity):
        if _TOTAL.search(verbs):
            return "stock"
        verbs = verbs + name
        standing = _STANDING.search(verbs) and not _COUNTED_VERBS.search(verbs.replace("累计", ""))
        return "cumulative" if _COUNTED_VERBS.search(verbs) and not standing else "stock"
    return (
        "stock"
        if re.search("余额|存量|保有量|管理规模|资产规模|总资产|注册资本|总规模|库存|人口|容量|能力|存款|总里程", name)
        else "cumulative"
    )


LEVELS = frozenset("P PFlops EFlops MW GW kW 千瓦 万千瓦 亿千瓦 兆瓦 吉瓦 毫秒 秒 微克/立方米 毫克/立方米".split())


def plain_growth(verb: str) -> str:
    """增速, 同比增长 and 增 are 增长."""
    bare = verb.removeprefix("同比").removeprefix("年均")
    return _GROWN.get(bare, bare)


def is_level(head: str) -> bool:
    """提高到, 压缩至: what follows is where it ends, not by how much."""
    return bool(_LEVEL.search(head))


def _counts(quantity: Quantity) -> bool:
    return quantity.unit.lstrip("万亿千百") in COUNTED


COUNTED = frozenset(words("measures", "counted"))
