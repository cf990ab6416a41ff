"""Which figures of a clause are promises, and what are they of?"""

from __future__ import annotations

import re
from dataclasses import replace

from . import measures
from .dates import Dated
from .dates import find as find_dates
from .figures import Before, Figure
from .measures import ACCRUES, GROWTH, LINK, plain_growth
from .parallel import each
from .phrases import bare, pushed
from .pieces import Piece
from .properties import is_threshold, stands
from .quantities import Quantity, find

_RATE = re.compile(r"(?:率|占比|比重|比例|强度)[:\s]*$")
_SERVES = frozenset({"惠及", "受益", "覆盖", "服务", "惠及居民", "惠及群众"})
_OWN_LINK = re.compile("达|保持|稳定|维持|占|到|至")
_WHOM = re.compile(
    r"(?:为|给|向|对|组织|帮助|资助|支持|救助)(?P<number>[^,\d]{0,10}(?:不少于|超过?|约|近)?[\d,.]+[万千]?余?(?:名|人次?|户|家|位|个|对|所)(?:以上|左右)?)"
    r"(?P<whom>[\u4e00-\u9fff]{2,14}?)"
    r"(?P<what>(?:免费|上门|累计)*(?:开展|提供|实施|发放|进行|办理|购买|安装|配备|落实|参加|完成|改造)[^,]{2,20})$"
)
_MEANT = re.compile(r"目标|力争|争取|确保|计划|预期|努力")
_EMPTY_VERBS = re.compile(
    r"(?:完成|实现|达到|力争|争取|确保|保持|为|至|到|推动|推进|促进|全年|年内|目标|合计|累计|带动|形成)+"
)
_VERBS = re.compile(
    rf"(?:(?:{ACCRUES.pattern}|新|培育|推动|力争|确保|带动|形成|达到|保持|全年|累计|再|各类)(?:和|并|、)?)+"
)
_TAIL = re.compile(r"(?:的?(?:预期|年度|工作)?目标(?:任务)?|的?任务|的?水平|等|\s)+$")
_JOIN = re.compile(r"^[\s、和及与,]+|(?:[\s、和与,]|(?<![惠涉普])及)+$")
_THAN = re.compile(r"(?:较|比)(?:上一?年|去年|20\d\d年)(?:同期|底|末)?")
_VAGUE = re.compile(
    r"(?:交易|投资|业务|总|年)?(?:规模|产值|收入|营收|产量|数量|面积|投资|总额|金额|里程|产能|总数|增长|增速|占比|税收|注册资本|总投资)"
)
_OWN_QUANTITY = re.compile(r"(?P<what>..(?:量|额|值))$")


def _for_whom(clause: Piece) -> list[Figure]:
    """为全市5万名适龄女性免费开展筛查: so many are served."""
    found = _WHOM.match(clause.text)
    if found is None or len(several := find(clause.text)) != 1:
        return []
    name = found["whom"] + found["what"]
    return [Figure(name, "cumulative", several[0], found["what"])] if found.end("number") >= several[0].end else []


def figures(clause: Piece, dates: list[Dated], before: Before) -> list[Figure]:
    if whom := _for_whom(clause):
        return whom
    core = bare(clause, dates)
    if dates or _MEANT.search(clause.text):
        before = replace(before, meant=True)
    quantities = [one for one in find(core.text) if stands(core.text, one)]
    if not quantities:
        return []
    if several := each(core.text, quantities, before):
        return several
    found: list[Figure] = []
    for number, quantity in enumerate(quantities):
        start = _begins(core.text, quantities[number - 1].end, quantity.start) if number else 0
        end = quantities[number + 1].start if number + 1 < len(quantities) else len(core.text)
        if end < len(core.text) and is_threshold(core.text, quantity, end):
            continue
        figure = _figure(core.text, quantity, start, end, _after(before, found))
        if figure is not None:
            found.append(figure)
    return _shared(found)


def _begins(text: str, last: int, start: int) -> int:
    """Where the words for a number begin: behind the noun of the number before it (100万吨保税油、25万立方…)."""
    between = text[last:start]
    if not between or between[0] in "、和及与,以":
        return last
    return last + max((found.end() for found in re.finditer("[、和及与,]", between)), default=0)


def _after(before: Before, found: list[Figure]) -> Before:
    return replace(before, verbs=found[-1].verbs) if found else before


def _figure(text: str, quantity: Quantity, start: int, end: int, before: Before) -> Figure | None:
    head = _JOIN.sub("", text[start : quantity.start])
    tail = _TAIL.sub("", _JOIN.sub("", text[quantity.end : end].split("、")[0]))
    growth, link = GROWTH.search(head), LINK.search(head)
    if re.match("的(?:增长|增速|增幅)", tail):
        name, verbs = head[: link.start() if link else None] + "增长", head
    elif text.startswith("翻", quantity.start):
        name, verbs = f"{head}增长", head
    elif growth and not measures.is_level(head):
        name, verbs = head[: growth.start()] + plain_growth(growth["verb"]), growth[0]
    else:
        name, verbs = _named(head, tail, link, before)
    if not _promised(text, head, quantity, growth, link, before):
        return None
    name = _whole(_plain(name), before.names[-1] if growth and before.names else before.subject)
    if name in _SERVES:
        name += quantity.unit.lstrip("万亿")[0] + "数"  # 惠及1.5万户
    if len(name) < 2:
        return None
    own = _VERBS.match(head) or (link and _OWN_LINK.search(link[0]))
    inherited = verbs if own or before.verbs is None else before.verbs
    return Figure(name, measures.of(quantity, name, inherited), quantity, inherited)


def _plain(name: str) -> str:
    """Without what leads to it: 推动, 全年, 年内力争实现."""
    core = pushed(bare(Piece(name, 0), find_dates(name, 2000)))
    while found := find_dates(core.text, 2000):
        core = Piece(core.text[: found[0].start] + core.text[found[0].end :], 0)
    return _JOIN.sub("", _THAN.sub("", bare(core, []).text))


def _named(head: str, tail: str, link: re.Match[str] | None, before: Before) -> tuple[str, str]:
    """What is counted stands before the number (企业不少于150家) or, after verbs alone, behind it (引进2个孵化器)."""
    noun = head[: link.start()] if link else head
    verbs = _VERBS.match(noun)
    if noun and not (verbs and verbs.end() == len(noun)):
        return noun, head
    if noun and not tail and not _EMPTY_VERBS.sub("", noun) + tail and before.subject:
        return before.subject, head
    if not noun and link and link[0] and not tail:
        return before.subject, head
    return _EMPTY_VERBS.sub("", noun) + tail, noun + (link[0] if link else "")


def _promised(
    text: str, head: str, quantity: Quantity, growth: object, link: re.Match[str] | None, before: Before
) -> bool:
    cues = (
        quantity.is_bounded
        or growth
        or _RATE.search(head)
        or (link and link[0].strip(": "))
        or before.verbs is not None
    )
    return bool(cues or before.meant or _MEANT.search(text) or ACCRUES.search(head))


def _whole(name: str, subject: str) -> str:
    """交易规模 alone says nothing: of what stood in the clause before."""
    return subject + name if subject and (not name or _VAGUE.fullmatch(name)) else name


def _shared(found: list[Figure]) -> list[Figure]:
    """100万吨保税油、25万立方保税LNG加注量: the last noun's 加注量 is that of all."""
    shared = _OWN_QUANTITY.search(found[-1].name) if len(found) > 1 else None
    if shared is None or any(GROWTH.search(one.name) for one in found):
        return found
    first = [
        one
        if _OWN_QUANTITY.search(one.name) or one.name.endswith(("数", "率", "家", "业"))
        else _renamed(one, one.name + shared["what"])
        for one in found[:-1]
    ]
    return [*first, found[-1]]


def _renamed(figure: Figure, name: str) -> Figure:
    return Figure(name, figure.measure, figure.quantity, figure.verbs)
