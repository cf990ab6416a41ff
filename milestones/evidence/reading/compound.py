"""Is it an office file of the old kind (doc, xls, ppt, and what WPS writes), and which text is in it?

Its container is a small file system; the names of the streams in it say what it is. Text of these formats is UTF-16
once it is Chinese, in pieces: it is looked for where the one character stands that every marking has.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from pathlib import Path

from milestones.evidence import kinds
from milestones.evidence.kinds import Kind

from .unfit import Unfit, Why

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BYTE_ORDER = b"\xfe\xff"  # at 28
ENTRY = 128  # bytes of a directory entry: the name, its length at 64, its type at 66
STREAMS = {"WordDocument": kinds.DOC, "Workbook": kinds.XLS, "Book": kinds.XLS, "PowerPoint Document": kinds.PPT}
MACROS = ("_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros")
PROTECTED = ("EncryptedPackage", "EncryptionInfo")
SECRET = "密".encode("utf-16-le")
AROUND, STEP = 256, 128  # bytes looked at on each side of one, and until the next
# What is no text of a document is what stands between texts: lengths, flags, formatting.
NO_TEXT = re.compile("[^\x20-\x7e\u2000-\u206f\u2600-\u27bf\u3000-\u9fff\uff00-\uffef★☆⭐]+")


def kind_of(file: Path) -> Kind:
    with file.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if len(data) < 1536 or data[28:30] != BYTE_ORDER:
            raise Unfit(Why.BROKEN)
        if any(_has(data, name) for name in PROTECTED):
            raise Unfit(Why.PROTECTED)
        if any(_has(data, name) for name in MACROS):
            raise Unfit(Why.MACROS)
        for name, kind in STREAMS.items():
            if _has(data, name):
                return kind
    raise Unfit(Why.KIND)


def lines(file: Path) -> Iterator[str]:
    with file.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = data.find(SECRET)
        while at >= 0:
            begin = max(at % 2, at - AROUND)
            yield from NO_TEXT.split(data[begin : at + AROUND].decode("utf-16-le", "replace"))
            at = data.find(SECRET, at + STEP)


def _has(data: mmap.mmap, name: str) -> bool:
    """Whether the directory has an entry of this name."""
    coded = name.encode("utf-16-le") + b"\0\0"
    at = data.find(coded)
    while at >= 0:
        length = int.from_bytes(data[at + 64 : at + 66], "little")
        if at % ENTRY == 0 and length == len(coded) and data[at + 66 : at + 67] in (b"\1", b"\2"):
            return True
        at = data.find(coded, at + 2)
    return False
