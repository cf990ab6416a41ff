"""Which text do these bytes write: UTF-8, UTF-16 with its mark, or GB18030?"""

from __future__ import annotations

import codecs
import re

from milestones.evidence.reading.unfit import Unfit, Why

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*(gb2312|gbk|gb18030)", re.IGNORECASE)
# What bytes of another encoding, or of no text at all, look like when they are read as text.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff\ue000-\uf8ff]")
_MOST_ODD = 0.01


def decoded(content: bytes) -> str:
    """Lines end with \\n, as Python reads a text file. Raises Unfit when it is no text in one of these encodings."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _read(content[len(mark) :], (encoding,))
    first = ("gb18030", "utf-8") if _META.search(content[:4096]) else ("utf-8", "gb18030")
    return _read(content, first)


def _read(content: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_NO_TEXT.findall(text[:100_000])) <= _MOST_ODD * min(len(text), 100_000):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Unfit(Why.KIND)
