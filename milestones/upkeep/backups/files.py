"""How does a file appear whole or not at all, and never in the place of another?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp


@contextmanager
def new_file(file: Path) -> Iterator[Path]:
    """A private file (mode 600) under another name, which becomes `file` once it is complete and on the disk.

    Raises FileExistsError when there is a `file`, also when it came into being meanwhile.
    """
    if file.exists():
        raise FileExistsError(file)
    handle, draft = mkstemp(dir=file.parent, prefix=f".{file.name}-", suffix=".part")
    os.close(handle)
    try:
        yield Path(draft)
        _flush(draft)
        os.link(draft, file)  # unlike a rename it does not replace
    finally:
        Path(draft).unlink(missing_ok=True)
    _flush(file.parent)


def _flush(path: str | Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
