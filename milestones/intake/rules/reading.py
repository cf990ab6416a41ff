"""What does a plan text propose, line by line?"""

from __future__ import annotations

import re
from dataclasses import replace

from milestones.intake.rules import headings, layout, noise, scripts, tables, years
from milestones.intake.rules.document import Document
from milestones.intake.rules.layout import Layout
from milestones.intake.rules.pieces import Piece, folded, lines
from milestones.intake.rules.proposals import Dropped, Proposal, Reading
from milestones.intake.rules.rows import read_row
from milestones.intake.rules.scripts import SIMPLIFIED


def read(text: str, year: int | None = None) -> Reading:
    """The proposals of a published text, in its order, with spans in characters of `text`.

    `year` is the year the plan is about where the text does not say so, or says it wrongly. Never raises, whatever the
    text; the same text gives the same reading. Time is proportional to the length.
    """
    laid = layout.plain(text)
    reading = _read(text, year) if laid is None else _placed(_read(laid.text, year), laid, text)
    return replace(reading, proposals=tuple(_as_written(one, text) for one in reading.proposals))


def _as_written(one: Proposal, text: str) -> Proposal:
    """Titles and units in the characters of the text."""
    said = text[slice(*one.sentence_span)]
    plain = said.translate(SIMPLIFIED)
    if said == plain:
        return one
    title, unit = (scripts.as_written(words, said, plain) for words in (one.title, one.unit))
    return replace(one, title=title, unit=unit, stage=scripts.as_written(one.stage, said, plain))


def _placed(reading: Reading, laid: Layout, text: str) -> Reading:
    """Spans of what was read, in the text that was given."""
    found = []
    for one in reading.proposals:
        around = laid.span(one.sentence_span)
        said = text[slice(*around)]
        found.append(replace(one, span=laid.span(one.span), sentence_span=around, sentence=said))
    fields = tuple(replace(one, span=laid.span(one.span)) for one in reading.workstreams)
    dropped = tuple(replace(one, span=laid.span(one.span)) for one in reading.dropped)
    return replace(reading, proposals=tuple(found), workstreams=fields, dropped=dropped)


def _read(text: str, year: int | None) -> Reading:
    every = [part for line in lines(folded(text)) for part in headings.parted(line)]
    why = noise.reasons(every)
    kept = [line for number, line in enumerate(every) if number not in why]
    about = year if year is not None else years.of(kept) or years.of(every)
    document = Document(text, about, _has_headings(kept), until=None if year else years.until(kept, about))
    document.term = years.term(kept, about)
    for number, line in enumerate(kept):
        _take(document, line, kept[number + 1] if number + 1 < len(kept) else None)
    dropped = [Dropped(every[number].span, reason) for number, reason in sorted(why.items())]
    return document.reading(dropped)


def _has_headings(kept: list[Piece]) -> bool:
    marks = [headings.mark(line.text) for line in kept]
    return any(one is not None and one.level <= headings.DEEPEST_HEADING for one in marks)


def _take(document: Document, line: Piece, after: Piece | None) -> None:
    if (blank := tables.blank_header(line)) is not None:
        document.begin_table(blank)
        return
    if (table := document.open_table) is not None and table.blank and re.match(r"\d{1,3}\s", line.text):
        read_row(document, line, tables.aligned(line, table))
        return
    row = tables.cells(line)
    if len(row) > 1:
        if _in_table(document, line, row):
            return
    elif document.table is not None and after is not None and len(tables.cells(after)) > 1:
        document.row_heading(line.strip())
        return
    document.end_table()
    document.line(line.strip(), after)


def _in_table(document: Document, line: Piece, row: list[Piece]) -> bool:
    """Whether the row is one of a table: its head, the line below that, or one of its rows."""
    if tables.is_ruler(row):
        return True
    table = document.open_table
    head = tables.header(row)
    if head is None and table is not None and document.at_head:
        head = tables.refined(table, row)
    if head is not None:
        document.begin_table(head)
        return True
    if table is not None:
        read_row(document, line, row)
    return table is not None
