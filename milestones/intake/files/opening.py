"""What is this file, by its bytes alone, which text is in it, and does anything in it carry a marking?"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from milestones import marking
from milestones.evidence import kinds
from milestones.evidence.reading import compound, packages
from milestones.evidence.reading.unfit import Unfit, Why
from milestones.marking import Marking

from . import hypertext, plain, word

ZIP, PDF = b"PK\x03\x04", b"%PDF-"
MOST_BYTES = 20 * 1024 * 1024
MOST_XML = 32_000_000  # unpacked; pictures are not counted
MOST_TEXT = 1_000_000  # characters: a plan of a thousand pages


@dataclass(frozen=True)
class Opened:
    """`kind`: docx, html or txt. The text is empty when there is a marking."""

    kind: str
    text: str = ""
    marking: Marking | None = None


def opened(file: Path) -> Opened:
    """Raises Unfit."""
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise Unfit(Why.TOO_MUCH)
    with file.open("rb") as source:
        head = source.read(16)
    if head.startswith(ZIP):
        return _document(file)
    if head.startswith(compound.MAGIC):
        compound.kind_of(file)  # says when it is protected or holds macros
        raise Unfit(Why.KIND)
    if head.startswith(PDF):
        raise Unfit(Why.KIND)
    if zipfile.is_zipfile(file):
        raise Unfit(Why.DOUBLE)
    return _of_text(file.read_bytes())


def _document(file: Path) -> Opened:
    """The whole package is looked through for a marking: headers, footers, comments, properties too."""
    if packages.kind_of(file) is not kinds.DOCX:
        raise Unfit(Why.KIND)
    with zipfile.ZipFile(file) as package:
        if sum(part.file_size for part in package.infolist() if part.filename.lower().endswith(".xml")) > MOST_XML:
            raise Unfit(Why.TOO_MUCH)
    if (found := marking.in_text(packages.lines(file))) is not None:
        return Opened("docx", marking=found)
    return _checked("docx", word.text(file, MOST_TEXT))


def _of_text(content: bytes) -> Opened:
    whole = plain.decoded(content)
    if len(whole) > 4 * MOST_TEXT:
        raise Unfit(Why.TOO_MUCH)
    if (found := marking.find(whole)) is not None:  # of a page also what it does not show
        return Opened("html" if hypertext.is_one(whole) else "txt", marking=found)
    if hypertext.is_one(whole):
        return _checked("html", hypertext.text(whole))
    return _checked("txt", whole)


def _checked(kind: str, text: str) -> Opened:
    if len(text) > MOST_TEXT:
        raise Unfit(Why.TOO_MUCH)
    return Opened(kind, "" if (found := marking.find(text)) else text, found)
