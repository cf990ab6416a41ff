"""How is a part of a workbook parsed without harm, and how does it write what XML cannot hold?"""

from __future__ import annotations

import re
from typing import Any, NoReturn
from xml.parsers import expat

from .refusing import FileRefused

PIECE = 1 << 16
_CODED = re.compile("_x([0-9A-Fa-f]{4})_")
# What XML 1.0 does not hold, CR, which it would turn into LF, and what would be taken for such a code.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def parser() -> Any:
    """Of expat, that refuses a document type: no workbook has one, and entities that multiply would stand in it."""
    reader = expat.ParserCreate()
    reader.buffer_text = True
    reader.StartDoctypeDeclHandler = _refuse
    return reader


def _refuse(*_doctype: object) -> NoReturn:
    raise FileRefused("broken")


def unescaped(text: str) -> str:
    """As Office Open XML writes it: `_x000D_` is a carriage return, `_x005F_` an underscore."""
    return _CODED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def escaped(text: str) -> str:
    return _UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
