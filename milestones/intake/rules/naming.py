"""What is a clause about, and is it nothing but a name?"""

from __future__ import annotations

import re

from . import stages
from .dates import Dated
from .phrases import bare, pushed
from .pieces import Piece
from .quantities import find as find_quantities
from .vocabulary import any_of, words
from .works import deliverable, is_specific

_WORK = any_of(words("works", "verbs"))
WORK_AT = re.compile(rf"(?:{_WORK}|并|和|、(?={_WORK}))+")
SKIP = re.compile(
    r"^(?:为(?!全)|根据|按照|依据|围绕|坚持|以|通过(?!.{0,6}(?:验收|审批|评审|审议|认定|核查))|对照|结合|随着|由于|如|若|凡|因|鉴于|现将|特|请|\(?此件|附件|抄送|关于)|本(?:[\u4e00-\u9fff]{0,6})(?:方案|要点|计划|意见|通知|清单|报告|表)|(?:给|向)你们|(?:办公室|办公厅|政府|委员会|管委会)\s*印发$|认真(?:贯彻|组织)|遵照执行|主要内容如下|如下$"
)
_PROCESS_END = re.compile(
    r"(?:建设|运作|运行|运营|常态化|前期工作|工作|改造|(?:实施|建设)?(?:方案|规划|可研|设计)?(?:编制|审批|论证|设计)|选址|招商|立项|征收|拆迁)+$"
)
LEADS_DATE = re.compile(r"(?:力争|确保|争取|计划|预计|将于|将在|于|在|将|要)+$")
_URGES = re.compile(any_of(words("phrases", "urges")))
_GENERAL_NAME = re.compile(
    r"(?:任务|目标|行动|举措|措施|安排|工作|要求|领域|方面|攻坚|类)$|^(?:本|各|全|我)[市区县委局]"
)
_WORK_NAME = re.compile(r"(?:改造|改扩建|扩建|新建|迁建|续建|整治|修复|提升|开发|建设|扩容|段|改建)$")
_PROPERTY = re.compile(
    r"(?:项目|工程)?(?:计划|概算|估算|预计)?(?:总投资额?|概算|占地(?:面积)?|用地(?:面积)?|总?建筑面积|总用地|全长|总长|线路(?:全)?长|设计时速|总规模|"
    r"建设规模|建设内容|主要建设|注册资本|总?装机(?:容量)?|设计年?(?:产能|吞吐|处理)|双向)(?!达到|突破|超|力争|增长|不)[^。;]{0,30}$"
)


def is_work(text: str) -> bool:
    """Whether it begins with what is done: 提升医疗."""
    return bool(WORK_AT.match(text))


def is_name(clause: Piece) -> bool:
    """Whether a clause is nothing but the name of a work: 新河职教园区, 新河大道快速化改造."""
    text = clause.text
    if not 4 <= len(text) <= 40 or WORK_AT.match(text) or stages.at_begin(text) or stages.at_end(text):
        return False
    if (
        _URGES.match(text)
        or find_quantities(text)
        or SKIP.search(text)
        or _GENERAL_NAME.search(text)
        or bare(clause, []).text != text
    ):
        return False
    return deliverable(text) is not None or bool(_WORK_NAME.search(text) and is_specific(text))


def describes(clause: Piece) -> bool:
    """总投资86亿元, 全长12公里: what a work is like, no promise."""
    return bool(_PROPERTY.match(clause.text))


def topic(clause: Piece, dates: list[Dated]) -> str:
    """What a clause is about, for those after it: its thing without verbs and process."""
    whole = bare(clause, dates)
    if SKIP.search(whole.text):
        return ""
    core = pushed(whole).text
    for one in dates:
        head = LEADS_DATE.sub("", whole.text[: max(0, one.start - (whole.start - clause.start))])
        if deliverable(head) is not None:
            return head
    stage = stages.at_end(core)
    if stage is not None and stage.start >= 2:
        return core[: stage.start]
    begun = stages.at_begin(core)
    verb = WORK_AT.match(core)
    at = begun.end if begun else verb.end() if verb else 0
    return _PROCESS_END.sub("", core[at:]) or core
