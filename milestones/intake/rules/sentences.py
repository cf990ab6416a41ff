"""What does one sentence propose?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from milestones.workdays.periods import FuzzyDate

from . import dates, milestones, pasts, stages, targets
from .dates import Dated
from .duties import Duty
from .figures import Before, Figure
from .milestones import Around, Work
from .phrases import bare
from .pieces import CLAUSES, Piece
from .proposals import MILESTONE, TARGET, Proposal, Span
from .works import deliverable

MOST_SENTENCE, MOST_CLAUSE = (
    4000,
    400,
)  # nobody promises anything in more characters without a sign; rules need not be quick with it
_ANY_YEAR = 2000
SHORT_TITLE = 14
_DRAFTS = frozenset("制定 制订 编制 修订 修编 起草 研究制定 草拟 拟定 拟订 修订完善".split())
_ONLY_LINK = re.compile(r"(?:要|力争|确保|其中|[\s、,到至在于])*")


@dataclass(frozen=True)
class Place:
    """Where the sentence stands. `goals`: under a heading of goals; `lenient`: a row of a table, whose first words
    count in any case; `strict`: among what upholds the plan, where only dates and stage words count; `item`: the work
    that the item is about; `above`: the short line before it; `end`: when what has no date is due."""

    text: str
    year: int | None
    workstream: str = ""
    duty: Duty = field(default_factory=Duty)
    goals: bool = False
    lenient: bool = False
    strict: bool = False
    item: str = ""
    above: str = ""
    end: FuzzyDate | None = None


@dataclass
class _Course:
    """What one clause leaves to the next."""

    scope: FuzzyDate | None = None
    year: FuzzyDate | None = None  # 2024年,… of a plan of several years
    before: Before = field(default_factory=Before)
    last: Proposal | None = None  # of the clause just before, when it names a work without a stage


def proposals(sentence: Piece, place: Place) -> list[Proposal]:
    course = _Course(before=Before(place.item or place.above, meant=place.goals or sentence.text.startswith("其中")))
    found: list[Proposal] = []
    for number, (clause, opens) in enumerate(_clauses(sentence, place)):
        found += _of_clause(clause, opens, sentence, place, course, found, number == 0)
    return found


def _clauses(sentence: Piece, place: Place) -> Iterator[tuple[Piece, bool]]:
    """Also where a list goes on with a date of its own: 3月开工、10月竣工. False: it is such a continuation."""
    for clause in sentence.split(CLAUSES):
        if len(clause.text) > MOST_CLAUSE:
            continue
        at, last = 0, 0
        for one in dates.find(clause.text, place.year or _ANY_YEAR):
            cut = _goes_on_at(clause.text, at, last, one.start) if last else None
            if cut is not None:
                yield clause.cut(at, cut), at == 0
                at = cut + 1
            last = one.end
        yield clause.cut(at), at == 0


def _goes_on_at(text: str, at: int, last: int, start: int) -> int | None:
    """The sign between two dates behind which a list goes on: right before the second, or behind what is reached."""
    if start > at and text[start - 1] in "、和并":
        return start - 1
    cut = text.rfind("、", last, start)
    return cut if cut > at and stages.at_end(text[at:cut]) else None


def _of_clause(
    clause: Piece, opens: bool, sentence: Piece, place: Place, course: _Course, found: list[Proposal], first: bool
) -> list[Proposal]:
    dated = dates.find(clause.text, place.year or _ANY_YEAR)
    own = _own(dated)
    leads = own is not None and opens and _ONLY_LINK.fullmatch(clause.text[: own.start])
    if own is not None and leads and not stages.are_all(bare(clause, dated).text):
        course.scope = own.due
    if milestones.describes(clause) or pasts.is_done(clause.text):
        return []
    weak = next((one.due for one in dated if one.weak), None)
    course.year = weak or course.year
    if not clause.text or (dated and not re.search(r"[^\s、前]", dates.hidden(clause.text))):
        return []
    due = own.due if own else course.scope
    lenient = due is not None or (place.lenient and first)
    due = due or course.year
    figures = targets.figures(clause, dated, course.before)
    if figures:
        names = course.before.names + tuple(one.name for one in figures)
        course.before = replace(course.before, verbs=figures[-1].verbs, names=names)
        course.last = None
        return [_target(one, clause.span, sentence, place, due) for one in figures]
    works = milestones.found(clause, dated, Around(course.before.subject, lenient, place.item))
    if place.strict:
        works = [work for work in works if work.stage and due is not None]
    return _milestones(works, clause, dated, sentence, place, course, found, due)


def _own(dated: list[Dated]) -> Dated | None:
    strong = [one for one in dated if not one.weak]
    return strong[-1] if strong else None


def _milestones(
    works: list[Work],
    clause: Piece,
    dated: list[Dated],
    sentence: Piece,
    place: Place,
    course: _Course,
    found: list[Proposal],
    due: FuzzyDate | None,
) -> list[Proposal]:
    subject = place.item or course.before.subject
    made = [_milestone(work, sentence, place, due) for work in works]
    if len(works) == 1 and subject and works[0].title == subject + works[0].stage and course.last is not None:
        # 推进数据港建设,6月底前开工: one matter, said in two clauses
        if found and found[-1] is course.last:
            found.pop()
        made = [_milestone(works[0], sentence, place, due, (course.last.span[0], works[0].piece.end))]
        course.last = None
    else:
        course.last = made[-1] if len(made) == 1 and _goes_on(made[-1]) else None
        said = milestones.topic(clause, dated)
        if len(said) >= 3 and not re.search(r"[是为]$|如下", said):
            course.before = replace(course.before, subject=said)
    return made


def _goes_on(one: Proposal) -> bool:
    """Whether the next clause may say what this one comes to: 推进…,6月开工; 制定…,3月印发."""
    return not one.stage or one.stage in _DRAFTS


def _milestone(work: Work, sentence: Piece, place: Place, due: FuzzyDate | None, span: Span | None = None) -> Proposal:
    return Proposal(
        type=MILESTONE,
        title=_titled(work.title, place.item),
        span=span or work.piece.span,
        sentence=place.text[sentence.start : sentence.end],
        sentence_span=sentence.span,
        workstream=place.workstream,
        due=_due(place, due),
        kind=(deliverable(place.item) or work.kind) if work.kind == "other" and place.item else work.kind,
        stage=work.stage,
        lead=place.duty.lead,
        supporting=place.duty.supporting,
    )


def _titled(title: str, item: str) -> str:
    """完成主体工程 says nothing without the project that the item is about."""
    return f"{item}{title}" if item and len(title) <= SHORT_TITLE and item not in title else title


def _target(figure: Figure, span: Span, sentence: Piece, place: Place, due: FuzzyDate | None) -> Proposal:
    quantity = figure.quantity
    return Proposal(
        type=TARGET,
        title=figure.name[: milestones.MOST_TITLE],
        span=span,
        sentence=place.text[sentence.start : sentence.end],
        sentence_span=sentence.span,
        workstream=place.workstream,
        due=_due(place, due),
        measure=figure.measure,
        bound=quantity.bound,
        value=quantity.value,
        value_max=quantity.value_max,
        unit=quantity.unit,
        lead=place.duty.lead,
        supporting=place.duty.supporting,
    )


def _due(place: Place, due: FuzzyDate | None) -> FuzzyDate | None:
    """Without a year only nothing is known; without a date of its own, that of 完成时限, else within the year."""
    if place.year is None:
        return None
    return due or place.duty.due or place.end or dates.of_year(place.year)
