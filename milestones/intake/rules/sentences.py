"""What does one sentence propose?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from milestones.workdays.periods import FuzzyDate

from . import dates, milestones, stages, targets
from .dates import Dated
from .duties import Duty
from .milestones import Work
from .phrases import bare
from .pieces import CLAUSES, Piece
from .proposals import MILESTONE, TARGET, Proposal, Span
from .targets import Before, Figure

MOST_SENTENCE, MOST_CLAUSE = (
    4000,
    400,
)  # nobody promises anything in more characters without a sign; rules need not be quick with it
_ANY_YEAR = 2000
_ONLY_LINK = re.compile(r"(?:要|力争|确保|其中|[\s、,到至在于])*")


@dataclass(frozen=True)
class Place:
    """Where the sentence stands. `goals`: under a heading of goals; `lenient`: a row of a table, whose first words
    count in any case; `strict`: among what upholds the plan, where only dates and stage words count."""

    text: str
    year: int | None
    workstream: str = ""
    duty: Duty = field(default_factory=Duty)
    goals: bool = False
    lenient: bool = False
    strict: bool = False


@dataclass
class _Course:
    """What one clause leaves to the next."""

    scope: FuzzyDate | None = None
    before: Before = field(default_factory=Before)
    last: Proposal | None = None  # of the clause just before, when it names a work without a stage


def proposals(sentence: Piece, place: Place) -> list[Proposal]:
    course = _Course(before=Before(meant=place.goals))
    found: list[Proposal] = []
    for number, (clause, opens) in enumerate(_clauses(sentence, place)):
        found += _of_clause(clause, opens, sentence, place, course, found, number == 0)
    return found


def _clauses(sentence: Piece, place: Place) -> Iterator[tuple[Piece, bool]]:
    """Also where a list goes on with a date of its own: 3月开工、10月竣工. False: it is such a continuation."""
    for clause in sentence.split(CLAUSES):
        if len(clause.text) > MOST_CLAUSE:
            continue
        at = 0
        for one in dates.find(clause.text, place.year or _ANY_YEAR)[1:]:
            if one.start > at and clause.text[one.start - 1] in "、和并":
                yield clause.cut(at, one.start - 1), at == 0
                at = one.start
        yield clause.cut(at), at == 0


def _of_clause(
    clause: Piece, opens: bool, sentence: Piece, place: Place, course: _Course, found: list[Proposal], first: bool
) -> list[Proposal]:
    dated = dates.find(clause.text, place.year or _ANY_YEAR)
    own = _own(dated)
    leads = own is not None and opens and _ONLY_LINK.fullmatch(clause.text[: own.start])
    if own is not None and leads and not stages.are_all(bare(clause, dated).text):
        course.scope = own.due
    if not clause.text or (dated and not re.search(r"[^\s、前]", dates.hidden(clause.text))):
        return []
    due = own.due if own else course.scope
    figures = targets.figures(clause, dated, course.before)
    if figures:
        course.before = Before(course.before.subject, figures[-1].verbs, course.before.meant)
        course.last = None
        return [_target(one, clause.span, sentence, place, due) for one in figures]
    lenient = (due is not None and bool(own or course.scope)) or (place.lenient and first)
    works = milestones.found(clause, dated, subject=course.before.subject, lenient=lenient)
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
    subject = course.before.subject
    made = [_milestone(work, sentence, place, due) for work in works]
    if len(works) == 1 and subject and works[0].title == subject + works[0].stage and course.last is not None:
        # 推进数据港建设,6月底前开工: one matter, said in two clauses
        if found and found[-1] is course.last:
            found.pop()
        made = [_milestone(works[0], sentence, place, due, (course.last.span[0], works[0].piece.end))]
        course.last = None
    else:
        course.last = made[-1] if len(made) == 1 and not made[-1].stage else None
        said = milestones.topic(clause, dated)
        if len(said) >= 3 and not re.search(r"[是为]$|如下", said):
            course.before = Before(said, course.before.verbs, course.before.meant)
    return made


def _milestone(work: Work, sentence: Piece, place: Place, due: FuzzyDate | None, span: Span | None = None) -> Proposal:
    return Proposal(
        type=MILESTONE,
        title=work.title,
        span=span or work.piece.span,
        sentence=place.text[sentence.start : sentence.end],
        sentence_span=sentence.span,
        workstream=place.workstream,
        due=_due(place, due),
        kind=work.kind,
        stage=work.stage,
        lead=place.duty.lead,
        supporting=place.duty.supporting,
    )


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
    return due or place.duty.due or dates.of_year(place.year)
