"""How is a file from outside read where it can do no harm? In a process of its own, one at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from django.conf import settings

MOST_SECONDS = 60  # for reading a file; what takes longer is not taken
_one_at_a_time = threading.Lock()  # a process reads one file after the other: its memory is that of one


def ask(module: str, *files: Path) -> dict[str, Any]:
    """The JSON that a program of ours prints about the files; {"refused": …} when it did not live to say so.

    It has little memory and time and nothing of our environment. `too_much`: it was ended by the system's limits;
    `broken`: it failed over what it met.
    """
    command = [sys.executable, "-m", module, *map(str, files)]
    environment = {"MALLOC_ARENA_MAX": "1", "PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    with _one_at_a_time:
        try:
            done = subprocess.run(  # noqa: S603 - our own program with paths
                command,
                cwd=settings.BASE_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=MOST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {"refused": "too_much"}
    return understood(done.returncode, done.stdout)


def understood(returncode: int, said: bytes) -> dict[str, Any]:
    if returncode:
        return {"refused": "too_much" if returncode < 0 else "broken"}
    found: dict[str, Any] = json.loads(said)
    return found
