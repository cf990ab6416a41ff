"""Is what is worked on something that can be delivered and seen, and which kind of milestone is it?"""

from __future__ import annotations

import re

from .vocabulary import any_of, kinds, words

_LONG = 10  # characters, with which a loose head is specific
# Before a paper or a loose word other words count too: 重大项目建设支持政策 says which one, 有关政策 does not.
_ADJECTIVES = re.compile(
    "相关|有关|各项|各类|一系列|系列|配套|专项|重大|重点|工作|长效|常态化|协调|联动|有效|科学|管理|政策|新|的|等|多元化|全方位|全过程"
)
_HEAD_KINDS, _LOOSE = kinds("works", "nouns"), frozenset(words("works", "loose"))
_HEADS = _HEAD_KINDS.keys() | _LOOSE
_LENGTHS = sorted({len(word) for word in _HEADS}, reverse=True)
_TRAIL = re.compile(rf"(?:{any_of(words('works', 'process'))}|[\s”’)、,和及与])+$")
_COMMON = re.compile(any_of(words("works", "common")))
_ABSTRACT = re.compile(any_of(words("works", "abstract")) + "$")
_NOT_HEADS = re.compile(
    r"(?:之路|线路|电路|网路|市场|现场|立场|职场|考场|全场|入场|一场|上场|商场|家园|校园|田园|环节|细节|季节|红线|一线|战线|底线|主线|思路|出路|道路自信|套路|走向|活动室|一站|网格|朋友圈|生命线|增长点)$"
)
_PAPER = re.compile(r"《[^《》]+》")


def deliverable(phrase: str) -> str | None:
    """The kind of milestone that work on this makes; None when nothing of it can be ticked off."""
    bare = _TRAIL.sub("", phrase)
    for whole in dict.fromkeys((phrase.strip("”’) "), bare)):
        if (kind := _kind(whole)) is not None:
            return kind
    if _PAPER.search(phrase):
        return "policy"
    return None


def is_abstract(phrase: str) -> bool:
    return bool(_ABSTRACT.search(phrase) or _ABSTRACT.search(_TRAIL.sub("", phrase)))


def is_specific(phrase: str) -> bool:
    """Whether anything is left once the words are gone that every plan is full of."""
    return len(_COMMON.sub("", _TRAIL.sub("", phrase))) >= 2


def without_process(phrase: str) -> str:
    """国际集装箱舱位交易平台常态化运作 → 国际集装箱舱位交易平台."""
    return _TRAIL.sub("", phrase)


def _kind(phrase: str) -> str | None:
    head = next((phrase[-length:] for length in _LENGTHS if phrase[-length:] in _HEADS), None)
    if head is None or _NOT_HEADS.search(phrase):
        return None
    before, kind = phrase[: -len(head)], _HEAD_KINDS.get(head, "other")
    if head == "项目" and _kind(before) == "construction":
        return "construction"  # 妇女儿童医院项目
    if head in _LOOSE and len(phrase) < _LONG:
        return None
    if is_specific(before):
        return kind
    words = len(_ADJECTIVES.sub("", before))
    return kind if (head in _LOOSE and words >= 6) or (kind == "policy" and words >= 3) else None
