"""Is a number with a unit a promise of its own, or does it only describe something?"""

from __future__ import annotations

import re

from .measures import ACCRUES
from .pieces import CLOSED
from .quantities import DURATIONS, Quantity
from .stages import at_end

_OF = re.compile(r"的(?!增长|增速|增幅|目标|年度目标|预期)")
_NOUN = re.compile(r"[\u4e00-\u9fffA-Za-z“《]")
_DESCRIBES = re.compile(
    r"(?:总投资|计划投资|投资额?|占地(?:面积)?|建筑面积|总面积|面积|全长|总长|长度?|年产|产能|装机(?:容量)?|库容|规模|注册资本|产值|营收|人均|每|第|前|近|过去|其中)(?:约|达|为|超过?)?$"
)
_COMPARES = re.compile(r"(?:高于|快于|低于|优于|好于|高出|大于|超)(?:全|平均|同期|上年|去年|省|市|周边)[^,\d]*$")
_QUICKENS = re.compile(r"缩短|压缩|压减|控制|降|提速|不超过|办结|时限|时间|审批|办理|等候")
_MEASURES_OF = re.compile(r"(?:条|项|个|款)?(?:重点|专项)?(?:政策|措施|举措|意见|规定|原则|一批|方面|环节|机制|行动)")
_PARTS_OF = re.compile(r"(?:方面|部分|章节|维度|板块|类别|领域|要点|环节)")  # 共6个方面
_INVOLVES = re.compile(r"涉及[^,]*$")
_REFERS = re.compile(r"(?:以下|下列|上述|如下|这|前述|其余)$")
_PAPERS = re.compile(r"发布|出台|制定|推出|印发|政策|措施|意见|新政")
_HAN_VERBS = re.compile(
    r"(?:引进|引入|新增|建成|新建|培育|举办|签约|开工|认定|落地|招引|建设|打造|创建|完成|设立|新设|布局|推出|开通)$"
)
_WHICH_ONES = re.compile(r"以[下内]\|[\u4e00-\u9fff]")  # 35蒸吨以下锅炉淘汰
_PROPERTY_OF = re.compile(r"[\u4e00-\u9fffA-Za-z“”]{0,14}(?:基金|资金池|项目|工程|产业园|园区|基地|公司|生产线)$")


def stands(text: str, quantity: Quantity) -> bool:
    """In the clause itself, and no property of something else (总投资50亿元的项目)."""
    if any(a <= quantity.start < b for a, b in (found.span() for found in CLOSED.finditer(text))):
        return False
    head, tail = text[: quantity.start], text[quantity.end :]
    if _is_property(text, head, tail, quantity):
        return False
    if quantity.unit == "条" and _PAPERS.search(head):
        return False  # 科创新十条, 惠企政策30条: one paper, not so many
    if quantity.unit in DURATIONS:
        return bool(_QUICKENS.search(text)) and quantity.bound != "above"
    return not quantity.han or _counted_in_words(head, tail, quantity)


def _is_property(text: str, head: str, tail: str, quantity: Quantity) -> bool:
    if _INVOLVES.search(head) or _REFERS.search(head) or (head.endswith("等") and at_end(text)):
        return True
    if _OF.match(tail) or _COMPARES.search(text[: quantity.bare]):
        return True
    if _DESCRIBES.search(head) and _NOUN.match(tail) and not tail.startswith(("的", "目标", "、", "和")):
        return True
    if quantity.unit.endswith("元") and _PROPERTY_OF.match(tail) and not tail.startswith("的"):
        return True  # 设立10亿元产业基金: the fund is promised
    if _PARTS_OF.match(tail) or (text.endswith("全覆盖") and _NOUN.match(tail)):
        return True  # 120个村垃圾分类全覆盖: that they all have it
    if quantity.unit in {"层", "岁"} or (quantity.unit == "米" and _NOUN.match(tail)):
        return True  # 480米高楼, 施工至10层
    return quantity.bound == "at_most" and bool(_WHICH_ONES.search(f"{text[: quantity.end]}|{tail}"))


def _counted_in_words(head: str, tail: str, quantity: Quantity) -> bool:
    """三家, 十个 are a promise only where something is done to so many; 两个中心 and 一批 are ways of speaking."""
    if quantity.unit in {"倍", "%"}:
        return True
    if quantity.value == 1 or _MEASURES_OF.match(tail):
        return False
    counted = _HAN_VERBS.search(head) or (not tail and ACCRUES.search(head))
    return quantity.is_bounded or bool(counted) or quantity.unit.startswith(("亿", "万"))


def is_threshold(text: str, quantity: Quantity, end: int) -> bool:
    """10亿元以上项目5个: the first number says which ones are counted."""
    between = text[quantity.end : end]
    return quantity.bound in {"at_least", "above"} and bool(between) and not re.search("[、和及与,]", between)
