"""Is it a whole PDF, and which text stands on its first pages?"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from .unfit import Unfit, Why

MAGIC = b"%PDF-"
END, TAIL = b"%%EOF", 4096
MOST_PAGES, MOST_SECONDS = 30, 10  # a marking stands at the head of the first page
# What pypdf says about a file that is not as the standard has it.
UNREADABLE = (PyPdfError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError, OSError)


def check(file: Path) -> None:
    """Raises Unfit for a file that was cut off, has no pages, or shows its text only for a password."""
    with file.open("rb") as source:
        source.seek(max(0, file.stat().st_size - TAIL))
        if END not in source.read():
            raise Unfit(Why.BROKEN)
    try:
        if len(_opened(file).pages) == 0:
            raise Unfit(Why.BROKEN)
    except UNREADABLE as error:
        raise Unfit(Why.BROKEN) from error


def lines(file: Path) -> Iterator[str]:
    """Of the first pages, for as long as that takes; a page that cannot be read has no text, as a scanned one."""
    since = time.process_time()
    for page in _opened(file).pages[:MOST_PAGES]:
        if time.process_time() - since > MOST_SECONDS:
            return
        try:
            yield from page.extract_text().splitlines()
        except UNREADABLE:
            continue


def _opened(file: Path) -> PdfReader:
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(file)
    try:
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unfit(Why.PROTECTED)
    except (DependencyError, NotImplementedError) as error:  # AES: without a library for it the text stays closed
        raise Unfit(Why.PROTECTED) from error
    return reader
