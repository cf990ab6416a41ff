"""Where in a text do we stand: under which heading, in which item, looking back or ahead?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from . import dates, duties, headings, pasts
from .duties import Duty
from .headings import Mark
from .milestones import MOST_TITLE, topic
from .milestones import found as works_in
from .phrases import bare
from .pieces import CLAUSES, SENTENCES, Piece
from .proposals import MILESTONE, Dropped, Field, Proposal, Reading
from .sentences import MOST_CLAUSE, MOST_SENTENCE, Place, proposals
from .tables import Filled, Table
from .works import deliverable

_ENDED = re.compile(r"[。;!?:][”’)]?$")
_FIELD = re.compile(r"^(?:在|关于)?(?P<field>.{2,24}?)(?:工作)?方面$")
_SHORT, _LONG = 45, 60
_ANY_YEAR = 2000  # stands in for a year that nobody names: its dates are thrown away


@dataclass
class Heading:
    level: int
    title: str
    piece: Piece
    first: int  # the number of the first proposal below it
    past: bool = False


class Document:
    """Collects proposals while lines come in."""

    def __init__(self, text: str, year: int | None, has_headings: bool) -> None:
        self.text, self.year = text, year
        self.found: list[Proposal] = []
        self.fields: dict[str, Field] = {}
        self.dropped: list[Dropped] = []
        self.table: Filled | None = None
        self._has_headings = has_headings
        self._path: list[Heading] = []
        self._topic = ""
        self._begun = False  # the title is over
        self._bodies = 0
        self._past = False
        self._item: tuple[Piece, int] | None = None  # the last item and the number of its first proposal

    # --- Lines --------------------------------------------------------------------------------------------------------
    def line(self, line: Piece, after: Piece | None) -> None:
        if self._is_duty(line):
            return
        mark = headings.mark(line.text)
        if mark is None:
            self._plain(line, after)
        elif mark.level == headings.BULLET:
            self._item_line(line.cut(mark.end), bullet=True)
        else:
            self._numbered(line, mark, after)

    def _numbered(self, line: Piece, mark: Mark, after: Piece | None) -> None:
        self._close(mark.level)
        words = line.cut(mark.end)
        if self._is_heading(words, mark, after):
            self._open(mark.level, words)
            return
        title, rest = _run_in(words, mark.level <= headings.DEEPEST_HEADING)
        if title is None or (mark.level > headings.DEEPEST_HEADING and not rest.text):
            self._item_line(words)
            return
        self._open(mark.level, title)
        self._item_line(rest, named=title)

    def _plain(self, line: Piece, after: Piece | None) -> None:
        if _ENDED.search(line.text) or len(line.text) >= _LONG:
            self._item_line(line)
        elif self._begun and not self._has_headings and after is not None and _is_title(line.text):
            self._close(1)
            self._open(1, line)
        elif self._begun or after is None:
            self._item_line(line)

    def _is_heading(self, words: Piece, mark: Mark, after: Piece | None) -> bool:
        """Short, without an end, and with something below: what stands alone in a list is an item."""
        text = words.text.removesuffix("。") if mark.level <= headings.DEEPEST_HEADING else words.text
        if len(text) > _SHORT or re.search(r"[。;!?]", text):
            return False
        if after is None or duties.starts(after.text):
            return False
        below = headings.mark(after.text)
        return below is None or below.level > mark.level

    def _is_duty(self, line: Piece) -> bool:
        """牵头单位:… on a line of its own belongs to the item above it."""
        if not duties.starts(line.text) or self._item is None:
            return False
        _rest, duty = duties.take(line.text, self.year or _ANY_YEAR)
        self._give(duty)
        return True

    # --- Headings -----------------------------------------------------------------------------------------------------
    def _open(self, level: int, words: Piece) -> None:
        self._begun = True
        title = _heading_title(words.text)
        named = [year for _at, year in dates.years(words.text)]
        past = pasts.reviews(title, named, self.year) if self.year else False
        self._path.append(Heading(level, title, words, len(self.found), past or self._under_past()))
        self._past, self._topic, self._item = False, "", None
        if self._path[-1].past:
            self.dropped.append(Dropped(words.span, "past"))
        elif (field := self.workstream) and not headings.upholds(field):
            self.fields.setdefault(field, Field(field, self._field_heading().piece.span))

    def _close(self, level: int) -> None:
        """A heading speaks for itself only when the text below it is silent."""
        self._begun = True
        while self._path and self._path[-1].level >= level:
            closed = self._path.pop()
            silent = len(self.found) == closed.first and closed.level > 1 and not closed.past
            if silent and self.year is not None:
                self._add(proposals(closed.piece, self._place(Duty())))

    def _under_past(self) -> bool:
        return any(one.past for one in self._path)

    def _field_heading(self) -> Heading:
        ordering = [one for one in self._path if not headings.is_general(one.title)]
        return (ordering or self._path)[0]

    @property
    def workstream(self) -> str:
        """The highest heading that orders anything; for a text without headings, what the paragraph is about."""
        ordering = [one.title for one in self._path if not headings.is_general(one.title)]
        return ordering[0] if ordering else self._topic

    # --- Items --------------------------------------------------------------------------------------------------------
    def _item_line(self, piece: Piece, *, bullet: bool = False, named: Piece | None = None) -> None:
        self._begun = True
        self._bodies += 1
        if not self._path:
            self._find_topic(piece, bullet)
        text, duty = duties.take(piece.text, self.year or _ANY_YEAR)
        self._item = (named or piece, len(self.found))
        self._sentences(Piece(text, piece.start), duty)
        self._give(duty)

    def _sentences(self, piece: Piece, duty: Duty) -> None:
        self._past = self._past and not self._looks_ahead(piece)
        for sentence in piece.split(SENTENCES):
            if len(sentence.text) > MOST_SENTENCE:
                self.dropped.append(Dropped(sentence.span, "too long"))
                continue
            found = dates.find(sentence.text, self.year or _ANY_YEAR)
            if self._is_past(sentence, found):
                self.dropped.append(Dropped(sentence.span, "past"))
            else:
                self._add(proposals(sentence, self._place(duty)))

    def _is_past(self, sentence: Piece, found: list[dates.Dated]) -> bool:
        if self._under_past():
            return True
        if self._bodies <= 2 and not self._path and pasts.announces(sentence.text, found):
            return True
        if pasts.tells(sentence.text, found, self.year or _ANY_YEAR):
            self._past = True
        elif pasts.looks_ahead(sentence.text, found, self.year or _ANY_YEAR):
            self._past = False
        return self._past

    def _looks_ahead(self, piece: Piece) -> bool:
        found = dates.find(piece.text[:40], self.year or _ANY_YEAR)
        return pasts.looks_ahead(piece.text[:40], found, self.year or _ANY_YEAR) or bool(self._path)

    def _find_topic(self, piece: Piece, bullet: bool) -> None:
        clauses = list(piece.cut(0, MOST_CLAUSE).split(CLAUSES))
        if not clauses:
            return
        found = _FIELD.match(clauses[0].text)
        if found:
            self._set_topic(found["field"], clauses[0])
        elif bullet and len(piece.text) >= _LONG and len(clauses) > 2:
            words = bare(clauses[0], [])
            self._set_topic(topic(words, []), clauses[0])

    def _set_topic(self, title: str, piece: Piece) -> None:
        self._topic = title.strip()[:_SHORT]
        self.fields.setdefault(self._topic, Field(self._topic, piece.span))

    # --- Proposals ----------------------------------------------------------------------------------------------------
    def _place(self, duty: Duty) -> Place:
        above = [one.title for one in self._path]
        goals = any(headings.sets_goals(title) for title in above)
        strict = any(headings.upholds(title) for title in above)
        return Place(self.text, self.year, self.workstream, duty, goals, strict=strict)

    def _add(self, found: list[Proposal]) -> None:
        self.found += found

    def _give(self, duty: Duty) -> None:
        """Lead and date to what the last item proposed; an item for which somebody answers is a task in any case."""
        if not duty or self._item is None or self._under_past() or self._past:
            return
        piece, first = self._item
        if len(self.found) == first:
            self._add(self.whole(piece, duty))
            return
        self.found[first:] = [self._given(one, duty) for one in self.found[first:]]

    def _given(self, one: Proposal, duty: Duty) -> Proposal:
        own = one.due if one.due and self.year and one.due != dates.of_year(self.year) else None
        due = own or duty.due or one.due
        return replace(one, lead=one.lead or duty.lead, supporting=one.supporting or duty.supporting, due=due)

    def whole(self, piece: Piece, duty: Duty, kind: str = "") -> list[Proposal]:
        """The item as one milestone, under its first clause."""
        text, _duty = duties.take(piece.text, self.year or _ANY_YEAR)
        clauses = list(Piece(text, piece.start).split(re.compile(rf"{SENTENCES.pattern}|{CLAUSES.pattern}")))
        if not clauses:
            return []
        clause = clauses[0]
        title = bare(clause, dates.find(clause.text, self.year or _ANY_YEAR)).text[:MOST_TITLE]
        if len(title) < 2:
            return []
        due = duty.due or (dates.of_year(self.year) if self.year else None)
        kind = kind or deliverable(title) or "other"
        said = self.text[piece.start : piece.end]
        return [
            Proposal(
                MILESTONE,
                title,
                clause.span,
                said,
                piece.span,
                self.workstream,
                due,
                kind,
                lead=duty.lead,
                supporting=duty.supporting,
            )
        ]

    # --- Tables -------------------------------------------------------------------------------------------------------
    def begin_table(self, table: Table) -> None:
        self._begun = True
        self.table = Filled(table)

    def end_table(self) -> None:
        self.table = None

    def add_row(self, found: list[Proposal]) -> None:
        self._item = None
        self._add(found)

    def row_heading(self, piece: Piece) -> None:
        """A row of one cell orders the rows below it."""
        mark = headings.mark(piece.text)
        words = piece.cut(mark.end) if mark else piece
        level = mark.level if mark else 1
        self._close(level)
        self._open(level, words)

    # --- The end ------------------------------------------------------------------------------------------------------
    def finish(self) -> None:
        self._close(-1)

    def reading(self, dropped: list[Dropped]) -> Reading:
        found: dict[object, Proposal] = {}
        for one in sorted(self.found, key=lambda one: one.span):
            found.setdefault((one.type, one.title, one.value, one.value_max, one.unit, one.due), one)
        used = {one.workstream for one in found.values()}
        fields = tuple(field for title, field in self.fields.items() if title in used)
        return Reading(
            self.year, tuple(found.values()), fields, tuple(sorted([*dropped, *self.dropped], key=lambda one: one.span))
        )


def _run_in(words: Piece, is_section: bool) -> tuple[Piece | None, Piece]:
    """(一)推动产业升级。全年…: the first short sentence is the heading of the rest; of a section also with a comma."""
    found = re.match(r"[^。,;!?\d%]{2,30}[。:]", words.text)
    if found is None and is_section:
        found = re.match(r"[^。;!?\d%]{2,36}。", words.text)
        found = None if found is None or _promises(words.cut(0, found.end())) else found
    if found is None or dates.find(found[0], _ANY_YEAR):
        return None, words
    if not duties.take(words.text[found.end() :], _ANY_YEAR)[0].strip(" 。;"):
        return None, words
    return words.cut(0, found.end() - 1), words.cut(found.end())


def _promises(sentence: Piece) -> bool:
    return any(works_in(clause, []) for clause in sentence.split(CLAUSES))


def _is_title(text: str) -> bool:
    return 4 <= len(text) <= 25 and not re.search(r"[,。;:、\d%]", text)


def _heading_title(text: str) -> str:
    title = re.sub(r"\([^()]*\)", "", text).strip(" :。.-")
    return (title or text.strip("()"))[:_SHORT]
