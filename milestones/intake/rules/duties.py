"""Who leads and by when, where a text says so beside its sentences: (牵头单位:…;完成时限:…), or on lines of its own?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from milestones.workdays.periods import FuzzyDate

from . import dates

_WHO = "(?:单位|部门|主体|处室|科室)"
_LEAD = f"牵头(?:责任|领导)?{_WHO}?|(?:责任|主办|承办|主责|落实|实施){_WHO}"
_HELP = f"配合{_WHO}?|(?:协办|协同|参与|参加){_WHO}"
_DUE = (
    "完成(?:时限|时间|期限|日期|节点)|办结(?:时限|时间)|时间(?:节点|进度|要求)|"
    "时限(?:要求)?|进度(?:要求|安排|计划)|节点"
)
_OTHER = "责任人|责任领导|分管领导|牵头领导|包保领导|联系人|联系领导|督办单位|备注|进展|联系电话"
_LABEL = rf"(?P<label>(?P<lead>{_LEAD})|(?P<help>{_HELP})|(?P<due>{_DUE})|(?P<other>{_OTHER}))\s*:\s*"
_LABELS = re.compile(_LABEL)
_VALUE_END = re.compile(rf"[;。)\n]|\s{{2,}}|,(?=\s*(?:{_LEAD}|{_HELP}|{_DUE}|{_OTHER})\s*:)")
_BODY = (
    "(?:局|委|办|厅|处|室|部|署|院|中心|公司|集团|管委会|街道|镇|乡|区|县|市|政府|大队|支队|总队|银行|学院|大学|"
    "协会|指挥部|专班|组|园区|银保监|银监|海关|海事|法院|检察院|单位|部门|等)"
)
_LEADS_INSIDE = re.compile(
    r"^(?P<lead>[^()]{2,60}?)(?:分别|共同)?(?:牵头(?:负责)?|负责)(?:落实|推进)?(?:[,、;]?\s*(?P<help>[^()]{2,120}?)(?:按职责分工负责|配合|参与|协同|负责))?$"
)
_NAMES_INSIDE = re.compile(
    rf"^(?:[\u4e00-\u9fffA-Za-z]{{1,18}}{_BODY})(?:[、,;\s]+[\u4e00-\u9fffA-Za-z]{{1,18}}{_BODY})*(?:按职责分工负责)?$"
)
_BRACKET = re.compile(r"[(]([^()\n]{2,300})[)]")
_WITH_DATE = re.compile(r"(?P<who>[^()]{2,200}[^\d前])[,、;]\s*(?P<due>[^,;()]{2,20})$")  # 综合处牵头,6月底前
# …,市住建局负责,…
_CLAUSE = re.compile(rf"(?:(?<=[,;。:])|^)\s*(由?[\u4e00-\u9fff]{{1,14}}{_BODY}(?:牵头)?负责)(?:落实)?(?=[,;。]|$)")
_AROUND = re.compile(r"^(?:由|和|及|与)|(?:等|牵头负责|牵头|负责|配合)$")
MOST_BRACKETS = 50  # of a line; duties stand at its end
_JOIN = re.compile(r"[、,;\s]+|和(?=\S{2,8}(?:局|委|办|厅))")


@dataclass(frozen=True, slots=True)
class Duty:
    """What was said beside; empty where nothing was."""

    lead: str = ""
    supporting: tuple[str, ...] = ()
    due: FuzzyDate | None = None

    def __bool__(self) -> bool:
        return bool(self.lead or self.supporting or self.due)

    def over(self, other: Duty) -> Duty:
        """This one, and of `other` what this one does not say."""
        return Duty(self.lead or other.lead, self.supporting or other.supporting, self.due or other.due)


def take(text: str, year: int) -> tuple[str, Duty]:
    """The text with duties turned into blanks, and what they said."""
    duty = Duty()
    for found in reversed(list(_BRACKET.finditer(text))[-MOST_BRACKETS:]):
        said = _inside(found[1], year)
        if said is not None:
            duty = said.over(duty)
            text = _blank(text, found.start(), found.end())
    for found in list(_CLAUSE.finditer(text))[:MOST_BRACKETS]:
        duty = _duty(found[1], "").over(duty)
        text = _blank(text, found.start(1), found.end())
    labels = list(_LABELS.finditer(text))
    if labels and (
        _is_line(text, labels[0])
        or len(labels) > 1
        or text[: labels[0].start()].rstrip().endswith(("。", ";", ",", ")"))
    ):
        duty = _labelled(text, labels, year).over(duty)
        text = _blank(text, labels[0].start(), len(text))
    return text, duty


def starts(text: str) -> bool:
    """Whether a line holds nothing but duties."""
    return (found := _LABELS.search(text)) is not None and _is_line(text, found)


def organisations(text: str) -> tuple[str, ...]:
    """The names in a cell or a list, each once, without what follows in brackets."""
    plain = re.sub(r"\([^()]*\)|按职责分工负责|等单位|等部门|^由|:$", "", text)
    names = (_AROUND.sub("", part.strip(" 。.:")) for part in _JOIN.split(plain))
    return tuple(dict.fromkeys(name for name in names if 1 < len(name) <= 40))


def _inside(text: str, year: int) -> Duty | None:
    """What a bracket says when it holds nothing but duties."""
    labels = list(_LABELS.finditer(text))
    if labels and labels[0].start() <= 1:
        return _labelled(text, labels, year)
    if found := _LEADS_INSIDE.match(text):
        return _duty(found["lead"], found["help"] or "")
    if _NAMES_INSIDE.match(text) and len(text) >= 3:
        return _duty(text, "")
    if (both := _WITH_DATE.match(text)) and (lead := _inside(both["who"], year)) and dates.find(both["due"], year):
        return Duty(lead.lead, lead.supporting, dates.only(both["due"], year))
    due = dates.find(text, year)
    rest = re.sub(r"[\s,、;:]|完成|前|持续推进|长期|底", "", dates.hidden(text)) if due else text
    return Duty(due=due[-1].due) if due and not rest else None


def _labelled(text: str, labels: list[re.Match[str]], year: int) -> Duty:
    duty = Duty()
    for number, label in enumerate(labels):
        end = labels[number + 1].start() if number + 1 < len(labels) else len(text)
        stop = _VALUE_END.search(text, label.end(), end)
        value = text[label.end() : stop.start() if stop else end]
        duty = duty.over(_of(label, value, year))
    return duty


def _of(label: re.Match[str], value: str, year: int) -> Duty:
    if label["lead"]:
        return _duty(value, "")
    if label["help"]:
        return Duty(supporting=organisations(value))
    return Duty(due=dates.only(value, year)) if label["due"] else Duty()


def _duty(lead: str, helping: str) -> Duty:
    first, *others = organisations(lead) or ("",)
    return Duty(first, (*others, *organisations(helping)))


def _is_line(text: str, label: re.Match[str]) -> bool:
    return not re.search(r"[\u4e00-\u9fff]", text[: label.start()])


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]
