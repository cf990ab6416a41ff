"""Which clauses promise something that can be ticked off, and under which titles?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import stages
from .dates import Dated
from .listing import first_alone, items
from .naming import LEADS_DATE, SKIP, WORK_AT
from .phrases import bare, pushed, without_dates
from .pieces import Piece
from .stages import Stage
from .works import deliverable, is_abstract, is_specific

_EMPTY_OBJECT = re.compile(
    r"^(?:新版|实施|执行|行动计划|计划|规划|方案|本|既定的?|确定的?|各项|全年|年度|目标|任务|工作|全部|既定|有关|相关|一批|的|了|着|过)*$"
    r"|.*(?:目标|任务|指标)$"
)
_TITLE_END = re.compile(r"[\s,、;:。.·\-]+$|(?<!等)等$")
_ELSE = re.compile(
    r"形成|加大|从|企业|全社会|各类企业|区内"
)  # whoever is pushed, or what takes shape: nothing to tick off
_GETS = re.compile(r"(?:获得|取得|得到|具备|达到|完成|实现|正式|全面|通过|予以|并)+$")
_DOES = re.compile(
    r"(?P<who>.{3,40}?)(?P<stage>(?:全面|正式|基本|顺利)?(?:完成|启动|开展|实现|取得|获得|通过|办理|签订|开始|进入)[^,]{2,12})$"
)
_ALL_OF = re.compile(r".{2,30}全(?:部|面)完成(?P<what>[^,、]{3,20})$")  # 设区市全部完成城市体检
_AND = "并且后"
_QUOTED = re.compile(r"^“[^“”]*”$")
_OF_ANYTHING = frozenset("完成 试点 开通 上线 启动 推出".split())
_SAME_MATTER = ("新版", "实施", "执行")  # 发布新版: of what the clause before was about
MOST_TITLE = 120


@dataclass(frozen=True)
class Work:
    """A milestone as a phrase has it."""

    title: str
    kind: str
    stage: str
    piece: Piece


@dataclass(frozen=True)
class Around:
    """`subject` is what the clause before was about, for one that goes on with a bare stage word; `lenient`: what has a
    date of its own, or is an item of a list, counts although nothing in it has the name of a work; `item` names the
    work of which all of an item speaks."""

    subject: str = ""
    lenient: bool = False
    item: str = ""


NOTHING = Around()


def found(clause: Piece, dates: list[Dated], around: Around = NOTHING) -> list[Work]:
    works: list[Work] = []
    for piece in _run_together(clause):
        inner = [Dated(d.start - _off(clause, piece), d.end - _off(clause, piece), d.due, d.weak) for d in dates]
        works += _of_piece(piece, [d for d in inner if d.start >= 0 and d.end <= len(piece.text)], around)
    return works


def _off(clause: Piece, piece: Piece) -> int:
    return piece.start - clause.start


def _run_together(clause: Piece) -> Iterator[Piece]:
    cuts = [at for at in stages.inside(clause.text) if at >= 4 and len(clause.text) - at >= 5]
    cuts += _listed(clause.text)
    cuts.sort()
    for start, end in zip([0, *cuts], [*cuts, len(clause.text)], strict=True):
        yield clause.cut(start, end)


def _listed(text: str) -> list[int]:
    """甲公司开业、乙试验区获批: where each part says what it reaches, each is one."""
    parts = text.split("、")
    if len(parts) < 2 or not all(len(part) >= 5 and stages.at_end(part) for part in parts):
        return []
    return [sum(len(part) + 1 for part in parts[:number]) for number in range(1, len(parts))]


def _of_piece(piece: Piece, dates: list[Dated], around: Around) -> list[Work]:
    core = bare(piece, dates)
    if len(core.text) < 2 or SKIP.search(core.text) or _QUOTED.match(core.text):
        return []
    said = without_dates(core, [_moved(one, piece, core) for one in dates if one.start >= core.start - piece.start])
    if SKIP.search(said):
        return []
    if (several := _in_brackets(said)) is not None:
        return [Work(_title(title), stage.kind, stage.word, piece) for title, stage in several]
    for way in (_reached, _begun, _does, _worked_on):
        if works := way(said, around):
            return [Work(_title(title), kind, stage, piece) for title, kind, stage in works]
    if not around.lenient:
        return []
    return _by_date(core, piece, dates) or _of_item(said, piece, around)


def _of_item(said: str, piece: Piece, around: Around) -> list[Work]:
    """北外滩新楼:年内结构施工至地上10层: a date and what is reached by then, whatever the word for it."""
    if not around.item or len(said) < 4 or is_abstract(said) or deliverable(around.item) is None:
        return []
    return [Work(_title(said), "other", "", piece)]


def _by_date(core: Piece, piece: Piece, dates: list[Dated]) -> list[Work]:
    """石化二期力争6月底前中交: whatever the word is for what a work reaches, its date says that it is reached."""
    for one in dates:
        head = LEADS_DATE.sub("", core.text[: max(0, one.start - (core.start - piece.start))])
        rest = core.text[one.end - (core.start - piece.start) :]
        if rest and (kind := deliverable(head)) is not None:
            return [Work(_title(LEADS_DATE.sub("", head) + rest), kind, rest, piece)]
    return []


def _moved(one: Dated, piece: Piece, core: Piece) -> Dated:
    by = core.start - piece.start
    return Dated(one.start - by, one.end - by, one.due, one.weak)


_Found = list[tuple[str, str, str]]  # title, kind, stage word


def _in_brackets(said: str) -> list[tuple[str, Stage]] | None:
    """…项目投资落地(摘地开工): the stages in the bracket are one milestone each."""
    found = re.search(r"\(([^()]{2,20})\)$", said)
    several = stages.are_all(found[1]) if found else []
    if found is None or not several:
        return None
    head = pushed(Piece(said[: found.start()], 0)).text
    stage = stages.at_end(head)
    return [(f"{head[: stage.start] if stage else head}{one.word}", one) for one in several]


def _reached(said: str, around: Around) -> _Found:
    """Something, then the word for what it reaches: 中心结构封顶."""
    core = pushed(Piece(said, 0)).text
    stage = stages.at_end(core)
    if stage is None:
        return []
    what = _GETS.sub("", core[: stage.start])
    if stages.at_begin(what) or len(what.strip("“”")) < 2:
        what = (around.item or _subject(around.subject, stage)) if len(what) < 2 else ""
    lenient = around.lenient or bool(around.item)
    if len(what) < 2 or not (is_specific(what) or lenient) or (is_abstract(what) and not lenient):
        return []
    return [(f"{one}{stage.word}", _kind_of(what, stage), stage.word) for one in _things(what)]


def _subject(said: str, stage: Stage) -> str:
    """What was spoken of before can be completed only when it is a thing."""
    return "" if stage.kind == "other" and deliverable(said) is None else said


def _things(what: str) -> list[str]:
    """A, B and C of A、B、C等项目; what does not stand alone stays one."""
    several = items(what)
    return several if len(several) > 1 else [what]


def _kind_of(what: str, stage: Stage) -> str:
    """启动 and 完成 are as what is begun or done; the others speak for themselves."""
    return (deliverable(what) or stage.kind) if stage.kind == "other" else stage.kind


def _begun(said: str, around: Around) -> _Found:
    """The word first: 印发行动方案, 完成特保区扩区."""
    core = _unpushed(said)
    stage = stages.at_begin(core)
    if stage is None:
        return []
    what = _one_stage(core[stage.end :].lstrip("了"))
    if len(what) < 2 or _EMPTY_OBJECT.match(what):
        subject = around.item or around.subject
        named = deliverable(subject) is not None and (not what or what in _SAME_MATTER)
        return [(f"{subject}{stage.word}", _kind_begun(subject, stage), stage.word)] if named else []
    things = [one for one in _things(_cut_list(what)) if _counts(one, stage, around)]
    return [(f"{stage.word}{one}", _kind_begun(one, stage), stage.word) for one in things]


def _one_stage(what: str) -> str:
    """Of 建成…站并投入使用 the station: the first stage is promised."""
    last = stages.at_end(what)
    joined = last is not None and (what[last.start] in _AND or what[last.start - 1] in _AND)
    return what[: last.start].rstrip(_AND) if last and joined else what


def _cut_list(what: str) -> str:
    return what if len(items(what)) > 1 else first_alone(what)


def _unpushed(said: str) -> str:
    """推动印发 → 印发; but 完成 and 实现 are stages themselves."""
    if stages.at_begin(said):
        return said
    core = pushed(Piece(said, 0)).text
    return core if stages.at_begin(core) else said


def _counts(what: str, stage: Stage, around: Around) -> bool:
    if deliverable(what) is not None or (around.item and not is_abstract(what)):
        return True
    if around.lenient and stage.word == "完成" and len(what) >= 5 and is_specific(what):
        return True
    if is_abstract(what) or len(what) < 4 or not is_specific(what):
        return False
    return around.lenient or stage.kind in {"policy", "event"} or stage.word in _OF_ANYTHING


def _kind_begun(what: str, stage: Stage) -> str:
    kind = deliverable(what)
    if stage.word.startswith(("制定", "编制", "出台", "发布", "举办", "开工")):
        return stage.kind
    return kind or stage.kind if stage.kind in {"other", "project"} else stage.kind


def _does(said: str, _around: Around) -> _Found:
    """A work, and what is done to it: 国际学校完成选址."""
    if (all_of := _ALL_OF.match(said)) and not is_abstract(all_of["what"]):
        return [(said, deliverable(all_of["what"]) or "other", "完成")]
    found = _DOES.match(pushed(Piece(said, 0)).text)
    if (
        found is None
        or (kind := deliverable(found["who"])) is None
        or is_abstract(found["stage"].replace("主体结构", "楼"))
    ):
        return []
    return [(found[0], kind, found["stage"])]


def _worked_on(said: str, around: Around) -> _Found:
    """Work on something that can be seen: 建设跨境电商海外仓, 推进国际数据港建设."""
    verb = WORK_AT.match(said)
    if verb is None or len(said) - verb.end() < 3 or stages.is_loose(said):
        return []
    what = said[verb.end() :]
    if _ELSE.match(what):
        return []
    several = [one for one in items(what) if deliverable(one) is not None] or [first_alone(what)]
    found: _Found = []
    for one in several:
        kind = deliverable(one)
        if kind is None and not (around.lenient and not is_abstract(one) and is_specific(one)):
            continue
        found.append((f"{verb[0]}{one}", kind or "other", ""))
    return found


def _title(text: str) -> str:
    """Without what only joined it to its sentence."""
    joined = re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", re.sub(r"\s+", " ", text).strip())
    return _TITLE_END.sub("", joined)[:MOST_TITLE]
