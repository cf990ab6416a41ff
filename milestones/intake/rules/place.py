"""Where does a sentence stand, and what do proposals take over from there?"""

from __future__ import annotations

from dataclasses import dataclass, field

from milestones.workdays.periods import FuzzyDate

from . import dates
from .duties import Duty
from .figures import Figure
from .milestones import MOST_TITLE, Work
from .pieces import Piece
from .proposals import MILESTONE, TARGET, Proposal, Span
from .works import deliverable

SHORT_TITLE = 14


@dataclass(frozen=True)
class Place:
    """`goals`: under a heading of goals; `lenient`: a row of a table, whose first words count in any case; `strict`:
    among what upholds the plan, where only dates and stage words count; `item`: the work that the item is about;
    `above`: the short line before it; `end`: when what has no date is due."""

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

    def milestone(self, work: Work, sentence: Piece, due: FuzzyDate | None, span: Span | None = None) -> Proposal:
        return Proposal(
            type=MILESTONE,
            title=_titled(work.title, self.item),
            span=span or work.piece.span,
            sentence=self.text[sentence.start : sentence.end],
            sentence_span=sentence.span,
            workstream=self.workstream,
            due=self._due(due),
            kind=(deliverable(self.item) or work.kind) if work.kind == "other" and self.item else work.kind,
            stage=work.stage,
            lead=self.duty.lead,
            supporting=self.duty.supporting,
        )

    def target(self, figure: Figure, span: Span, sentence: Piece, due: FuzzyDate | None) -> Proposal:
        quantity = figure.quantity
        return Proposal(
            type=TARGET,
            title=figure.name[:MOST_TITLE],
            span=span,
            sentence=self.text[sentence.start : sentence.end],
            sentence_span=sentence.span,
            workstream=self.workstream,
            due=self._due(due),
            measure=figure.measure,
            bound=quantity.bound,
            value=quantity.value,
            value_max=quantity.value_max,
            unit=quantity.unit,
            lead=self.duty.lead,
            supporting=self.duty.supporting,
        )

    def _due(self, due: FuzzyDate | None) -> FuzzyDate | None:
        """Without a year nothing is known; without a date of its own, that of 完成时限, else within the year."""
        if self.year is None:
            return None
        return due or self.duty.due or self.end or dates.of_year(self.year)


def _titled(title: str, item: str) -> str:
    """完成主体工程 says nothing without the project that the item is about."""
    return f"{item}{title}" if item and len(title) <= SHORT_TITLE and item not in title else title
