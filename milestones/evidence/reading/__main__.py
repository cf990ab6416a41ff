"""python -m milestones.evidence.reading FILE PREVIEW: one line of JSON says what the file is, or why it is refused."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

MEMORY = 1 << 30
CPU_SECONDS = 40
LARGEST_PREVIEW = 32 << 20


def limit() -> None:
    """Whatever a file makes its reader do, this process ends before the machine feels it."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_PREVIEW),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def verdict(file: Path, preview: Path) -> dict[str, Any]:
    from .look import look
    from .unfit import Unfit, Why

    try:
        kind, marking = look(file, preview)
    except Unfit as error:
        return {"refused": error.why}
    except MemoryError:
        return {"refused": Why.TOO_MUCH}
    return {"media_type": kind.media_type, "marking": marking and asdict(marking)}


if __name__ == "__main__":
    limit()
    print(json.dumps(verdict(Path(sys.argv[1]), Path(sys.argv[2]))))
