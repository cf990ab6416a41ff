"""What does an item propose as a whole, where somebody answers for it?"""

from __future__ import annotations

import re

from milestones.workdays.periods import FuzzyDate

from . import dates, duties
from .milestones import MOST_TITLE
from .phrases import bare
from .pieces import CLAUSES, SENTENCES, Piece
from .place import Place
from .proposals import MILESTONE, Proposal
from .works import deliverable

_PARTS = re.compile(rf"{SENTENCES.pattern}|{CLAUSES.pattern}")
_ANY_YEAR = 2000


def whole(piece: Piece, place: Place, due: FuzzyDate | None, kind: str = "") -> list[Proposal]:
    """One milestone under its first clause; `due` where nothing else is said."""
    text, _duty = duties.take(piece.text, place.year or _ANY_YEAR)
    clause = next(Piece(text, piece.start).split(_PARTS), None)
    if clause is None:
        return []
    title = bare(clause, dates.find(clause.text, place.year or _ANY_YEAR)).text[:MOST_TITLE]
    if len(title) < 2:
        return []
    return [
        Proposal(
            MILESTONE,
            title,
            clause.span,
            place.text[piece.start : piece.end],
            piece.span,
            place.workstream,
            place.duty.due or due,
            kind or deliverable(title) or "other",
            lead=place.duty.lead,
            supporting=place.duty.supporting,
        )
    ]
