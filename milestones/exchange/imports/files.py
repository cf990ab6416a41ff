"""Where does a file lie between its coming and its import?"""

from __future__ import annotations

import uuid
from hashlib import sha256
from pathlib import Path
from typing import IO

from django.conf import settings

from ..sheets.refusing import MOST_BYTES, FileRefused

PIECE = 1 << 16


def path(pk: uuid.UUID) -> Path:
    return _folder() / str(pk)


def drop(pk: uuid.UUID) -> None:
    path(pk).unlink(missing_ok=True)


def write(source: IO[bytes], to: Path) -> tuple[int, str]:
    """Size and checksum of what came, a piece at a time. Raises FileRefused."""
    size, summing = 0, sha256()
    with to.open("xb") as out:
        while data := source.read(PIECE):
            size += len(data)
            if size > MOST_BYTES:
                raise FileRefused("too_large")
            summing.update(data)
            out.write(data)
    return size, summing.hexdigest()


def _folder() -> Path:
    found = Path(settings.VAR_DIR) / "imports"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found
