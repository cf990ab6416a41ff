"""Which line of a text is a heading, an item, who leads, or a row, and what do they propose together?"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from milestones.workdays.periods import FuzzyDate

from . import dates, duties, headings, pasts
from .duties import Duty
from .headings import Mark
from .milestones import found as works_in
from .naming import is_name
from .outline import Outline
from .pieces import CLAUSES, SENTENCES, Piece
from .place import Place
from .proposals import Dropped, Proposal, Reading
from .quantities import find as find_quantities
from .sentences import MOST_SENTENCE, proposals
from .tables import Filled, Table
from .wholes import whole

_ENDED = re.compile(r"[。;!?:][”’)]?$")
_LABELLED = re.compile(
    r"(?:(?:工作|重点|主要|具体|年度|督查|督办|实事)?(?:任务|事项|目标|内容|举措|措施)|项目名称|项目)(?:名称|内容)?:."
)
_SHORT, _LONG = 45, 60
_ANY_YEAR = 2000  # stands in for a year that nobody names: its dates are thrown away


class Document:
    """Collects proposals while lines come in. `until`: the last year of a plan of several years."""

    def __init__(self, text: str, year: int | None, has_headings: bool, until: int | None = None) -> None:
        self.text, self.year, self.until = text, year, until
        self.outline = Outline(year, has_headings)
        self.found: list[Proposal] = []
        self.dropped: list[Dropped] = []
        self.table: Filled | None = None
        self.at_head = False  # no row of the table was read yet
        self.term: FuzzyDate | None = None  # the part of the year that the title names
        self._begun = False  # the title is over
        self._bodies = 0
        self._past = False
        self._reports = False  # the title says that the text tells how far things are
        self._subject = ""  # what the item is about, as its first words name it
        self._label = ""  # the short line above, of which the next one says how much
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
        if not self._begun and pasts.is_report(line.text) and len(line.text) < _SHORT:
            self._reports = True
        if not self._begun and _is_item(line.text):
            self._begun = True
        if _ENDED.search(line.text) or len(line.text) >= _LONG:
            self._item_line(line)
        elif after is not None and self.year and len(line.text) < _SHORT and dates.heading(line.text, self.year):
            self._close(headings.DEEPEST_HEADING)
            self._open(headings.DEEPEST_HEADING, line)
        elif self._begun and not self.outline.has_headings and after is not None and _is_title(line):
            self._close(1)
            self._open(1, line)
            self._label = line.text
        elif self._begun or after is None:
            self._item_line(line)

    def _is_heading(self, words: Piece, mark: Mark, after: Piece | None) -> bool:
        """Short, without an end, and with something below: what stands alone in a list is an item."""
        text = words.text.removesuffix("。") if mark.level <= headings.DEEPEST_HEADING else words.text
        if len(text) > _SHORT or re.search(r"[。;!?]", text):
            return False
        if after is None or duties.starts(after.text) or find_quantities(text) or self._is_dated(words.text):
            return False
        below = headings.mark(after.text)
        return below is None or below.level > mark.level

    def _is_dated(self, text: str) -> bool:
        """Whether a whole sentence with a date stands where a heading could: 四、推进…,确保9月1日开学。"""
        return text.endswith("。") and any(not one.weak for one in dates.find(text, self.year or _ANY_YEAR))

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
        self._reports = self._reports and not pasts.turns(words.text)
        heading = self.outline.open(level, words, len(self.found))
        self._past, self._item, self._label = False, None, ""
        self._subject = words.text if level > headings.DEEPEST_HEADING and is_name(words) else ""
        if heading.past:
            self.dropped.append(Dropped(words.span, "past"))

    def _close(self, level: int) -> None:
        """A heading speaks for itself only when the text below it is silent."""
        self._begun = True
        for closed in self.outline.close(level):
            silent = len(self.found) == closed.first and closed.level > 1 and not closed.past
            if silent and self.year is not None:
                self.found += proposals(closed.piece, self.place(Duty()))[0]
        self._subject = self._label = ""

    # --- Items --------------------------------------------------------------------------------------------------------
    def _item_line(self, piece: Piece, *, bullet: bool = False, named: Piece | None = None) -> None:
        self._begun = True
        self._bodies += 1
        self.outline.find_topic(piece, bullet)
        text, duty = duties.take(piece.text, self.year or _ANY_YEAR)
        self._item = (named or piece, len(self.found))
        above, self._label = self._label, ""
        self._sentences(Piece(text, piece.start), duty, above)
        self._give(duty)
        if len(piece.text) <= _SHORT and not re.search(r"[\d。;!?,]", piece.text):
            self._label = piece.text

    def _sentences(self, piece: Piece, duty: Duty, above: str) -> None:
        self._past = self._past and not self._looks_ahead(piece)
        item, verbs = self._subject, None
        for number, sentence in enumerate(piece.split(SENTENCES)):
            if len(sentence.text) > MOST_SENTENCE:
                self.dropped.append(Dropped(sentence.span, "too long"))
                continue
            if number == 0 and (name := _leading_name(sentence)):
                item = name
            named = dates.find(sentence.text, self.year or _ANY_YEAR)
            if self._is_past(sentence, named):
                self.dropped.append(Dropped(sentence.span, "past"))
            else:
                place = replace(self.place(duty), item=item, above=above if number == 0 else "")
                found, verbs = proposals(sentence, place, verbs if self._goes_on(sentence) else None)
                self.found += found

    def _goes_on(self, sentence: Piece) -> bool:
        """Whether only ; stands before a sentence."""
        return self.text[max(0, sentence.start - 9) : sentence.start].rstrip()[-1:] in {";", "；"}

    def _is_past(self, sentence: Piece, found: list[dates.Dated]) -> bool:
        if self._reports and pasts.turns(sentence.text):
            self._reports = False
        if self.outline.is_past or self._reports:
            return True
        if self._bodies <= 2 and not self.outline.path and pasts.announces(sentence.text, found):
            return True
        if pasts.tells(sentence.text, found, self._since):
            self._past = True
        elif pasts.looks_ahead(sentence.text, found, self._since):
            self._past = False
        return self._past

    def _looks_ahead(self, piece: Piece) -> bool:
        found = dates.find(piece.text[:40], self.year or _ANY_YEAR)
        return pasts.looks_ahead(piece.text[:40], found, self._since) or bool(self.outline.path)

    @property
    def _since(self) -> date:
        """Whatever is dated before is past."""
        return self.term.start if self.term else date(self.year or _ANY_YEAR, 1, 1)

    # --- Proposals ----------------------------------------------------------------------------------------------------
    def place(self, duty: Duty) -> Place:
        return Place(
            self.text,
            self.year,
            self.outline.workstream,
            duty,
            goals=self.outline.any(headings.GOALS),
            strict=self.outline.any(headings.UPHOLDS),
            lenient=self.outline.due is not None,
            end=self.end,
        )

    @property
    def end(self) -> FuzzyDate | None:
        """By when what has no date of its own is due."""
        return self.outline.due or self.term or dates.of_year(self.until or self.year) if self.year else None

    def _give(self, duty: Duty) -> None:
        """Lead and date to what the last item proposed; an item for which somebody answers is a task in any case."""
        if not duty or self._item is None or self.outline.is_past or self._past or self._reports:
            return
        piece, first = self._item
        if len(self.found) == first:
            self.found += whole(piece, self.place(duty), self.end)
            return
        self.found[first:] = [self._given(one, duty) for one in self.found[first:]]

    def _given(self, one: Proposal, duty: Duty) -> Proposal:
        own = one.due if one.due != self.end else None
        due = own or duty.due or one.due
        return replace(one, lead=one.lead or duty.lead, supporting=one.supporting or duty.supporting, due=due)

    # --- Tables -------------------------------------------------------------------------------------------------------
    def begin_table(self, table: Table) -> None:
        self._begun = True
        self.table = Filled(table)
        self.at_head = True

    @property
    def open_table(self) -> Table | None:
        return self.table.table if self.table else None

    def end_table(self) -> None:
        self.table = None

    def add_row(self, found: list[Proposal]) -> None:
        self.at_head = False
        self._item = None
        self.found += found

    def row_heading(self, piece: Piece) -> None:
        """A row of one cell orders the rows below it."""
        mark = headings.mark(piece.text)
        level = mark.level if mark else 1
        self._close(level)
        self._open(level, piece.cut(mark.end) if mark else piece)

    # --- The end ------------------------------------------------------------------------------------------------------
    def reading(self, dropped: list[Dropped]) -> Reading:
        self._close(-1)
        found: dict[object, Proposal] = {}
        for one in sorted(self.found, key=lambda one: one.span):
            found.setdefault((one.type, one.title, one.value, one.value_max, one.unit, one.due), one)
        used = {one.workstream for one in found.values()}
        fields = tuple(field for title, field in self.outline.fields.items() if title in used)
        passed = tuple(sorted([*dropped, *self.dropped], key=lambda one: one.span))
        return Reading(self.year, tuple(found.values()), fields, passed)


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


def _leading_name(sentence: Piece) -> str:
    """新河职教园区,8月底前竣工: the name of a work with which a sentence begins."""
    clauses = list(sentence.cut(0, _LONG * 2).split(CLAUSES))
    return clauses[0].text if len(clauses) > 1 and is_name(clauses[0]) else ""


def _is_item(text: str) -> bool:
    """工作任务:出台…, 新增停车位2000个: no title of a text."""
    return bool(_LABELLED.match(text)) or bool(find_quantities(text))


def _is_title(line: Piece) -> bool:
    if not 4 <= len(line.text) <= 25 or re.search(r"[,。;:、\d%]", line.text):
        return False
    return not any(work.stage for work in works_in(line, []))
