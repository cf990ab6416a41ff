"""How deep does a numbered line stand, and is it a heading?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .pieces import Piece

_HAN = "一二三四五六七八九十百"
_LEVELS = (
    re.compile(rf"第[{_HAN}\d]+(?:部分|章|篇|编)[\s、:.]*"),
    re.compile(rf"[{_HAN}]{{1,3}}\s?(?:、|\.(?!\d))\s*"),
    re.compile(rf"\((?:[{_HAN}]{{1,3}}|[\u4e00-\u9fff]{{2,8}}[{_HAN}\d]{{1,3}})\)[、.\s]*"),
    re.compile(
        r"(?:\d{1,3}\s?(?:、|\.(?!\d))|\d{1,3}\.(?=\d{1,2}月|20\d{2}年)|\d{1,3}\.\s+|\d{1,2}\.\d{1,2}(?:\.\d{1,2})?[、.\s]+)\s*"
    ),
    re.compile(r"(?:\(\d{1,3}\)|\d{1,3}\)|[①-⑳⑴-⒇]|[a-zA-Z][.)])[、.\s]*"),
)
_BULLET = re.compile(
    r"(?:[•·●▪◆■◇□★☆►➢✓√○◎*※☞☛❖❏▪▸▶→⇒»◈☑✔✅✦✧◉⊙\u2776-\u2793\U0001f300-\U0001faff\ufe0f\u20e3]|-{1,2}(?=[\s\u4e00-\u9fff]))+\s*"
)
_ONE_PARAGRAPH = 200  # characters; a line as long may hold several sections
_INLINE = re.compile(rf"(?<=[。;!?\s])(?:[{_HAN}]{{1,3}}、|\([{_HAN}]{{1,3}}\))(?=[\u4e00-\u9fff])")
BULLET, DEEPEST_HEADING = 9, 2  # 1. and (1) number items more often than sections
_GENERAL = re.compile(
    r"^(?:20\d{2}年|今年|\d+年)?(?:我[市区县委]|全[市区县]|的|下一步|全年|年度)*(?:的?主要|重点|总体|工作|年度|经济社会发展|目标|任务|具体|安排|部署|建议|总|要求|思路|计划|举措|措施|内容|事项|清单|指标|预期|发展|打算|和|及|与|、|要点|政府|行动|体系|的|各项|推进|分工|表)+$"
)
UPHOLDS = re.compile(
    r"^(?:组织|保障|工作保障|工作要求|有关要求|组织领导|组织实施|组织保障|保障措施|实施保障|监督|督查|考核|落实机制|加强组织|强化组织|强化保障|加强保障|附则|附件)"
    r"|^(?:指导思想|总体思路|总体要求|基本原则|工作原则|总体定位|发展定位|形势分析|重要意义)$"
)
GOALS = re.compile(r"目标|指标|预期")


@dataclass(frozen=True, slots=True)
class Mark:
    """The number before a line: its level (0 the highest, BULLET for a bullet) and where the words begin."""

    level: int
    end: int


def mark(text: str) -> Mark | None:
    for level, pattern in enumerate(_LEVELS):
        if (found := pattern.match(text)) and found.end() < len(text):
            return Mark(level, found.end())
    found = _BULLET.match(text)
    return Mark(BULLET, found.end()) if found and found.end() < len(text) else None


def is_general(title: str) -> bool:
    """重点任务, 2023年工作安排: a heading that orders nothing, as every plan has it."""
    return bool(_GENERAL.match(title))


def upholds(title: str) -> bool:
    """Whether a section says how the plan is kept, not what it promises: 组织保障, 工作要求."""
    return bool(UPHOLDS.match(title))


def parted(line: Piece) -> Iterator[Piece]:
    """A line that holds a whole text, at the numbers of its sections: …。二、城市建设。…"""
    if len(line.text) < _ONE_PARAGRAPH or "\t" in line.text:
        yield line
        return
    cuts = [found.start() for found in _INLINE.finditer(line.text)]
    for start, end in zip([0, *cuts], [*cuts, len(line.text)], strict=True):
        if (part := line.cut(start, end)).text:
            yield part
