"""Under which name is a file kept, and does that name say what the file is?"""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from .kinds import Kind

LONGEST = 200


def clean(name: str) -> str:
    """Without folders and without what does not show or turns the reading direction; "" when nothing is left."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    return " ".join(shown.split()).strip(". ")


def fits(name: str, kind: Kind) -> bool:
    extension = PurePosixPath(name).suffix.lower()
    return not extension or extension in kind.extensions


def whole(name: str, kind: Kind) -> str:
    """With an ending, and short enough for its column."""
    ending = PurePosixPath(name).suffix or kind.extensions[0]
    stem = name.removesuffix(ending) or "file"
    return stem[: LONGEST - len(ending)] + ending
