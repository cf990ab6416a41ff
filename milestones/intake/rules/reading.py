"""What does a plan text propose, line by line?"""

from __future__ import annotations

from milestones.intake.rules import headings, noise, tables, years
from milestones.intake.rules.document import Document
from milestones.intake.rules.pieces import Piece, folded, lines
from milestones.intake.rules.proposals import Dropped, Reading
from milestones.intake.rules.rows import read_row


def read(text: str, year: int | None = None) -> Reading:
    """The proposals of a published text, in its order, with spans in characters of `text`.

    `year` is the year the plan is about where the text does not say so, or says it wrongly. Never raises, whatever the
    text; the same text gives the same reading. Time is proportional to the length.
    """
    every = list(lines(folded(text)))
    why = noise.reasons(every)
    kept = [line for number, line in enumerate(every) if number not in why]
    about = year if year is not None else years.of(kept) or years.of(every)
    document = Document(text, about, _has_headings(kept))
    for number, line in enumerate(kept):
        _take(document, line, kept[number + 1] if number + 1 < len(kept) else None)
    document.finish()
    dropped = [Dropped(every[number].span, reason) for number, reason in sorted(why.items())]
    return document.reading(dropped)


def _has_headings(kept: list[Piece]) -> bool:
    marks = [headings.mark(line.text) for line in kept]
    return any(one is not None and one.level <= headings.DEEPEST_HEADING for one in marks)


def _take(document: Document, line: Piece, after: Piece | None) -> None:
    row = tables.cells(line)
    if len(row) > 1:
        if tables.is_ruler(row):
            return
        if (table := tables.header(row)) is not None:
            document.begin_table(table)
            return
        if document.table is not None:
            read_row(document, line, row)
            return
    elif document.table is not None and after is not None and len(tables.cells(after)) > 1:
        document.row_heading(line.strip())
        return
    document.end_table()
    document.line(line.strip(), after)
