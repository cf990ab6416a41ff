"""What is this file, by its bytes alone, and does its text carry a marking?"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from milestones import marking
from milestones.evidence import kinds
from milestones.evidence.kinds import Kind
from milestones.marking import Marking

from . import compound, packages, pictures, portable
from .unfit import Unfit, Why

ZIP = b"PK\x03\x04"


def look(file: Path, preview: Path) -> tuple[Kind, Marking | None]:
    """The kind and the first marking; of a picture there is a `preview` afterwards. Raises Unfit.

    Whoever opens a kind of file decides whether this is one: a few bytes at its head would be easily faked.
    """
    with file.open("rb") as source:
        head = source.read(16)
    if head.startswith(ZIP):
        return packages.kind_of(file), _marking(packages.lines, file)
    if zipfile.is_zipfile(file):
        raise Unfit(Why.DOUBLE)
    if head.startswith(portable.MAGIC):
        portable.check(file)
        return kinds.PDF, _marking(portable.lines, file)
    if head.startswith(compound.MAGIC):
        return compound.kind_of(file), _marking(compound.lines, file)
    return pictures.read(file, preview), None


def _marking(lines: Callable[[Path], Iterable[str]], file: Path) -> Marking | None:
    return marking.in_text(lines(file))
