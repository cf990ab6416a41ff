"""Under which headings does a line of a text stand, and which field of work do they make?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from milestones.workdays.periods import FuzzyDate

from . import dates, headings, pasts
from .naming import topic
from .phrases import bare
from .pieces import CLAUSES, Piece
from .proposals import Field
from .sentences import MOST_CLAUSE

_FIELD = re.compile(r"^(?:在|关于)?(?P<field>.{2,24}?)(?:工作)?方面$")
LONGEST_TITLE, _LONG = 45, 60


@dataclass
class Heading:
    level: int
    title: str
    piece: Piece
    first: int  # the number of the first proposal below it
    past: bool = False
    due: FuzzyDate | None = None


class Outline:
    """The headings that are open, and all fields of work that were."""

    def __init__(self, year: int | None, has_headings: bool) -> None:
        self.year, self.has_headings = year, has_headings
        self.path: list[Heading] = []
        self.fields: dict[str, Field] = {}
        self._topic = ""

    def open(self, level: int, words: Piece, first: int) -> Heading:
        title = _title(words.text)
        named = [year for _at, year in dates.years(words.text)]
        past = pasts.reviews(title, named, self.year) if self.year else False
        due = dates.heading(words.text, self.year) if self.year else None
        heading = Heading(level, title, words, first, past or self.is_past, due)
        self.path.append(heading)
        self._topic = ""
        if not heading.past and (field := self.workstream) and not headings.upholds(field):
            self.fields.setdefault(field, Field(field, self._ordering()[0].piece.span))
        return heading

    def close(self, level: int) -> Iterator[Heading]:
        """Those that stand as deep or deeper."""
        while self.path and self.path[-1].level >= level:
            yield self.path.pop()

    @property
    def due(self) -> FuzzyDate | None:
        """Of the innermost heading that is nothing but a date: 第一季度, 6月底前完成的任务."""
        return next((one.due for one in reversed(self.path) if one.due), None)

    @property
    def is_past(self) -> bool:
        return any(one.past for one in self.path)

    @property
    def workstream(self) -> str:
        """The highest heading that orders anything; for a text without headings, what the paragraph is about."""
        ordering = [one.title for one in self.path if not (headings.is_general(one.title) or one.due)]
        return ordering[0] if ordering else self._topic

    def any(self, holds: re.Pattern[str]) -> bool:
        return any(holds.search(one.title) for one in self.path)

    def find_topic(self, piece: Piece, bullet: bool) -> None:
        """前沿产业方面,…: what a paragraph is about that stands under no heading."""
        clauses = list(piece.cut(0, MOST_CLAUSE).split(CLAUSES))
        if self.path or not clauses:
            return
        if found := _FIELD.match(clauses[0].text):
            self._set_topic(found["field"], clauses[0])
        elif bullet and len(piece.text) >= _LONG and len(clauses) > 2:
            self._set_topic(topic(bare(clauses[0], []), []), clauses[0])

    def _set_topic(self, title: str, piece: Piece) -> None:
        self._topic = title.strip()[:LONGEST_TITLE]
        self.fields.setdefault(self._topic, Field(self._topic, piece.span))

    def _ordering(self) -> list[Heading]:
        ordering = [one for one in self.path if not headings.is_general(one.title)]
        return ordering or self.path


def _title(text: str) -> str:
    title = re.sub(r"\([^()]*\)", "", text).strip(" :。.-")
    return (title or text.strip("()"))[:LONGEST_TITLE]
