"""Does a file carry a classification marking anywhere, and in which sheet and cell?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from milestones import marking
from milestones.evidence.reading import markup
from milestones.marking import Marking

from .book import Book
from .opening import Opened, Table
from .texts import PIECE
from .values import letters

# The one character that every marking has, as UTF-8 and as XML may write it; parts in other encodings are read whole.
_HINT = re.compile(rb"\xe5\xaf\x86|&#[xX]0*5[bB][cC]6;|&#0*23494;")
_OTHER = re.compile(rb"^(\xff\xfe|\xfe\xff)|\x00|encoding=[\"'](?![uU][tT][fF]-?8[\"'])")
OVERLAP = 32


@dataclass(frozen=True)
class Found:
    place: str  # “Sheet1!B7”
    marking: Marking


def find(file: Opened) -> Found | None:
    """The first one; quick where the character stands nowhere in the file."""
    if isinstance(file.source, Book) and not _may_hold(file.source):
        return None
    for table in file.tables:
        if found := marking.find(table.name):
            return Found(_("the name of the sheet “%(sheet)s”") % {"sheet": table.name}, found)
        if inside := _in_cells(table):
            return inside
    return _elsewhere(file.source) if isinstance(file.source, Book) else None


def _in_cells(table: Table) -> Found | None:
    for line in table.lines():
        for index, cell in enumerate(line.cells):
            if isinstance(cell, str) and (found := marking.find(cell)):
                return Found(f"{table.name}!{letters(index)}{line.number}", found)
    return None


def _elsewhere(book: Book) -> Found | None:
    """Comments, headers and footers, drawings, the properties of the file."""
    for name in book.names():
        if name.lower().endswith((".xml", ".vml")) and not name.startswith("xl/worksheets/_rels"):
            with book.part(name) as part:
                if found := marking.in_text(markup.lines(part)):
                    return Found(_("“%(part)s” inside the file") % {"part": name}, found)
    return None


def _may_hold(book: Book) -> bool:
    return any(_part_may_hold(book, name) for name in book.names() if not name.endswith("/"))


def _part_may_hold(book: Book, name: str) -> bool:
    if not name.lower().endswith((".xml", ".vml", ".rels")):
        return False
    with book.part(name) as part:
        before = part.read(PIECE)
        if _OTHER.search(before[:200]):
            return True
        while before:
            if _HINT.search(before):
                return True
            more = part.read(PIECE)
            before = before[-OVERLAP:] + more if more else b""
    return False
