"""What does one sentence propose?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from milestones.workdays.periods import FuzzyDate

from . import dates, milestones, naming, pasts, stages, targets
from .dates import Dated
from .figures import Before
from .milestones import Around, Work
from .phrases import bare
from .pieces import CLAUSES, Piece
from .place import Place
from .proposals import Proposal

# Nobody promises anything in more characters without a sign; rules need not be quick with it.
MOST_SENTENCE, MOST_CLAUSE = 4000, 400
_ANY_YEAR = 2000
_ONLY_LINK = re.compile(r"(?:要|力争|确保|其中|[\s、,到至在于])*")
_AND_NUMBER = re.compile(r"[^\d、和及]{2,8}[^、和及]{4,}?[和及](?=\d+[个座所处家条])")
_DRAFTS = frozenset("制定 制订 编制 修订 修编 起草 研究制定 草拟 拟定 拟订 修订完善".split())


def proposals(sentence: Piece, place: Place, verbs: str | None = None) -> tuple[list[Proposal], str | None]:
    """And the verbs of its figures; `verbs` are those of the sentence before, where only ; stands between."""
    meant = place.goals or sentence.text.startswith("其中")
    reader = _Reader(sentence, place, Before(place.item or place.above, verbs, meant))
    for number, (clause, opens) in enumerate(_clauses(sentence, place)):
        reader.read(clause, opens, place.lenient and number == 0)
    return reader.found, reader.before.verbs


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


def _then_a_number(clause: Piece) -> int | None:
    found = _AND_NUMBER.match(clause.text)
    return found.end() - 1 if found else None


class _Reader:
    """What one clause leaves to the next."""

    def __init__(self, sentence: Piece, place: Place, before: Before) -> None:
        self.sentence, self.place, self.before = sentence, place, before
        self.found: list[Proposal] = []
        self._scope: FuzzyDate | None = None  # 6月底前,…: of all that follows
        self._year: FuzzyDate | None = None  # 2024年,… of a plan of several years
        self._last: Proposal | None = None  # of the clause just before, when it may say more of the same work

    def read(self, clause: Piece, opens: bool, lenient: bool) -> None:
        dated = dates.find(clause.text, self.place.year or _ANY_YEAR)
        due, own = self._due(clause, dated, opens)
        says_nothing = dated and not re.search(r"[^\s、前]", dates.hidden(clause.text))
        if not clause.text or says_nothing or naming.describes(clause) or pasts.is_done(clause.text):
            return
        if cut := _then_a_number(clause):
            works = milestones.found(clause.cut(0, cut), dated, Around(lenient=own))
            if works and works[0].stage:  # 建成指挥中心和12个消防站
                self._add(works, clause.cut(0, cut), dated, due)
                self.before = replace(self.before, verbs=works[0].stage)
                clause, dated = clause.cut(cut + 1), []
        figures = targets.figures(clause, dated, self.before)
        if figures:
            names = self.before.names + tuple(one.name for one in figures)
            self.before = replace(self.before, verbs=figures[-1].verbs, names=names)
            self._last = None
            self.found += [self.place.target(one, clause.span, self.sentence, due) for one in figures]
            return
        around = Around(self.before.subject, own or lenient, self.place.item)
        works = milestones.found(clause, dated, around)
        if self.place.strict:
            works = [work for work in works if work.stage and own]
        self._add(works, clause, dated, due)

    def _due(self, clause: Piece, dated: list[Dated], opens: bool) -> tuple[FuzzyDate | None, bool]:
        """By when, and whether that was said of this very matter; 全年 and 2024年 name no more than the year."""
        strong = [one for one in dated if not one.weak]
        weak = next((one.due for one in dated if one.weak), None)
        self._year = weak or self._year
        if strong:
            leads = opens and _ONLY_LINK.fullmatch(clause.text[: strong[-1].start])
            if leads and not stages.are_all(bare(clause, dated).text):
                self._scope = strong[-1].due
            return strong[-1].due, True
        if weak:
            self._scope = None
        return self._scope or self._year, self._scope is not None

    def _add(self, works: list[Work], clause: Piece, dated: list[Dated], due: FuzzyDate | None) -> None:
        subject = self.place.item or self.before.subject
        made = [self.place.milestone(work, self.sentence, due) for work in works]
        if len(works) == 1 and subject and self._last and works[0].title == subject + works[0].stage:
            # 推进数据港建设,6月底前开工: one matter, said in two clauses
            if self.found and self.found[-1] is self._last:
                self.found.pop()
            span = self._last.span[0], works[0].piece.end
            made = [self.place.milestone(works[0], self.sentence, due, span)]
            self._last = None
        else:
            self._last = made[-1] if len(made) == 1 and _goes_on(made[-1]) else None
            said = naming.topic(clause, dated)
            if len(said) >= 3 and not re.search(r"[是为]$|如下", said):
                self.before = replace(self.before, subject=said)
        self.found += made


def _goes_on(one: Proposal) -> bool:
    """Whether the next clause may say what this one comes to: 推进…,6月开工; 制定…,3月印发."""
    return not one.stage or one.stage in _DRAFTS
