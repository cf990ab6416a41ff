"""Does another `up` work on the same folder?"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

SECONDS_FOR_ORPHANS = 30


class AlreadyRunning(Exception):
    """Somebody else holds the folder."""

    def __init__(self, file: Path, pid: str) -> None:
        super().__init__(f"Already running here (process {pid or 'unknown'} holds {file}). Stop it first.")


def hold(file: Path) -> int:
    """A descriptor that holds the folder until the last process that inherited it has ended.

    The children inherit it: after a killed supervisor nobody starts a second broker on the same data while the first
    one still writes its last words. Raises AlreadyRunning when the holder lives, or its children take too long to end.
    """
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    give_up = time.monotonic() + SECONDS_FOR_ORPHANS
    while not _locked(handle):
        pid = os.pread(handle, 20, 0).decode(errors="replace").strip()
        if _alive(pid) or time.monotonic() > give_up:
            os.close(handle)
            raise AlreadyRunning(file, pid)
        time.sleep(0.2)
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: str) -> bool:
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
