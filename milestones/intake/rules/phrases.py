"""What does a clause say once dates and words of zeal before it are set aside?"""

from __future__ import annotations

import re

from .dates import Dated
from .pieces import Piece
from .vocabulary import any_of, words

_ZEAL_AT = re.compile(any_of(words("phrases", "zeal")) + "地?")
_PUSH_AT = re.compile(any_of(words("phrases", "push")))
_WE = re.compile(
    r"(?:我市|我区|我县|我委|我局|本市|本区|我们|全体|各[^,]{1,6}|[^,，、\d]{1,14}(?:区|市|县|委|局|政府|公司|管委会|集团|指挥部))(?:将|要)(?=[\u4e00-\u9fff])"
)
_EACH_OF = re.compile(
    r"各(?:相关|有关)?(?:乡镇|街道|镇街|部门|单位|区县|县区|区|县|地|社区|园区|学校|企业)(?:[、和](?=各)|(?=完成|建成|制定|开展|建立|实现|出台))"
)
_PLACE = re.compile(r"(?:区域内|辖区内|区内|市内|县内|域内)")
_ENUMERATED = re.compile(
    r"(?:[一二三四五六七八九十]{1,2}(?:是要?|则)|第[一二三四五六七八九十]{1,2}[是,、]|首先[是要]?|其次[是要]?|其[一二三四五])"
)
_SIGNS = re.compile(r"[\s\-•●▪◆■★►➢◎○·*>#、,.:;~|/”’)\]]+")


def bare(clause: Piece, dates: list[Dated]) -> Piece:
    """The clause from its first word that says what is to be done; `dates` are those of the clause."""
    at, text = 0, clause.text
    ends = {dated.start: dated.end for dated in dates}
    while at < len(text):
        step = ends.get(at) or _step(text, at)
        if step is None or step >= len(text):
            break
        at = step
    return clause.cut(at)


def pushed(clause: Piece) -> Piece:
    """The same without 推动, 实现, … before it."""
    at = 0
    while found := _PUSH_AT.match(clause.text, at) or _ZEAL_AT.match(clause.text, at):
        if found.end() >= len(clause.text):
            break
        at = found.end()
    return clause.cut(at)


def without_dates(clause: Piece, dates: list[Dated]) -> str:
    """The clause's words with its dates cut out, for a title."""
    text, at = [], 0
    for dated in dates:
        text.append(clause.text[at : dated.start])
        at = dated.end
    return re.sub(r"\(\s*\)", "", "".join([*text, clause.text[at:]]))


def _step(text: str, at: int) -> int | None:
    for pattern in (_ENUMERATED, _EACH_OF, _SIGNS, _WE, _PLACE, _ZEAL_AT):
        if found := pattern.match(text, at):
            return found.end()
    return None
