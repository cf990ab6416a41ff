"""Where does a file lie between its coming and its import?"""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings


def path(pk: uuid.UUID) -> Path:
    return _folder() / str(pk)


def drop(pk: uuid.UUID) -> None:
    path(pk).unlink(missing_ok=True)


def _folder() -> Path:
    found = Path(settings.VAR_DIR) / "imports"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found
