"""How is what somebody sends copied to the disk: a piece at a time, counted and summed up, and no more than a limit?"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import IO

PIECE = 1 << 16


def copied(source: IO[bytes], to: Path, *, most: int, refusal: Callable[[str], Exception]) -> tuple[int, str]:
    """Size and SHA-256 of the new file `to`. Raises `refusal` of “too_large” above `most` bytes, of “empty” at none.

    Whoever asks has words of their own for these, and takes away what was written.
    """
    size, summing = 0, sha256()
    with to.open("xb") as out:
        while data := source.read(PIECE):
            size += len(data)
            if size > most:
                raise refusal("too_large")
            summing.update(data)
            out.write(data)
    if not size:
        raise refusal("empty")
    return size, summing.hexdigest()
