"""Which words say that something is reached, and which kind of milestone do they make?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .vocabulary import any_of, kinds


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage word at [start, end) of a phrase."""

    word: str
    kind: str
    start: int
    end: int


_END_KINDS, _BEGIN_KINDS = kinds("stages", "ends"), kinds("stages", "begins")
_END, _BEGIN = any_of(_END_KINDS), any_of(_BEGIN_KINDS)
_BETWEEN = r"(?:、|和|及|与|并|且|并推进落实|并推动落实|并实施|并组织实施|实施|落实|修订|再)*"
_AT_END = re.compile(
    rf"(?P<word>(?:全面|正式|顺利|如期|基本|成功|全线|建设|并|、|和|及)*(?:{_END})(?:(?:、|并|和|及|且)?(?:正式)?(?:{_END}))*)"
    r"(?:等?(?:工作|目标|任务|手续|程序)?|仪式|条件|使用|见效|\s|[)”’])*$"
)
_AT_BEGIN = re.compile(
    rf"(?P<word>(?:{_BEGIN})(?:{_BETWEEN}(?:{_BEGIN}))*(?:并(?:推进|推动|组织)?(?:落实|实施|执行))?)"
)
_INSIDE = re.compile(
    r"(?:正式|全面|顺利)?(?:主体|结构)*(?:封顶|结构完成|主体完工|竣工|通车|揭牌|挂牌|开园|开业|开学|投产|投用|投运)(?:(?:运行|运营|投用|使用|开放|成立|验收))?(?=[\u4e00-\u9fffA-Z“《])"
    r"(?!的|后|前|并|及|和|与|仪式|条件|典礼|活动|验收|率|量|数|工作|项目|企业|时|以|等|为|运|使|建|仍|且|目标|机构|公司|[一二三两]|准备|计划|上市|成立|开放|投|竣)"
)
_LOOSE = re.compile(
    r"(?:落地(?:落实|见效|生根|落细)|落实落地|(?:平稳|健康|安全|高效|有序|稳定|良性|规范|高质量|顺畅|合理|正常|持续|可靠|动态|协同|有效|协调|市场化|企业化|专业化|公司化|一体化)(?:运行|运营)|"
    r"(?:任务|目标|指标|工作|责任|政策|措施|举措|要求|方案|各项|改革|部署|规定|成果|精神|事项|条款|隐患)(?:全面|顺利|按时|如期|圆满)?(?:完成|落地|启动|运行|办结)|动态清零|对外开放|改革开放|作用发挥)$"
)


def at_end(phrase: str) -> Stage | None:
    """The stage word with which a phrase ends; 落地见效 and 平稳运行 promise nothing that can be seen."""
    found = _AT_END.search(phrase)
    if found is None or _LOOSE.search(phrase[: found.end("word")]):
        return None
    word = _known(found["word"], _END, last=False)
    return Stage(found["word"].lstrip("、并和及"), _END_KINDS[word], found.start(), found.end())


def is_loose(phrase: str) -> bool:
    return bool(_LOOSE.search(phrase))


def at_begin(phrase: str) -> Stage | None:
    found = _AT_BEGIN.match(phrase)
    if found is None:
        return None
    word = _known(found["word"], _BEGIN, last=False)
    return Stage(found["word"], _BEGIN_KINDS[word], found.start(), found.end())


def inside(phrase: str) -> list[int]:
    """Where a phrase without any sign goes on after a stage word: 学院挂牌运行|中心结构封顶|环结构完成."""
    return [found.end() for found in _INSIDE.finditer(phrase)]


def are_all(phrase: str) -> list[Stage]:
    """The stages of which a phrase consists, as 摘地开工; empty when it holds anything else."""
    found = list(re.finditer(_END, re.sub("[、,和及 ]", "", phrase)))
    same = "".join(one[0] for one in found) == re.sub("[、,和及 ]", "", phrase)
    return [Stage(one[0], _END_KINDS[one[0]], one.start(), one.end()) for one in found] if same else []


def _known(word: str, pattern: str, *, last: bool) -> str:
    found = re.findall(pattern, word)
    return str(found[-1] if last else found[0])
