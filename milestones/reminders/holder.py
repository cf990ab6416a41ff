"""Who holds a lease, and is that process still alive?

So that a killed worker's mails need not wait for the end of its lease.
"""

from __future__ import annotations

import itertools
import os
import socket
from functools import cache
from pathlib import Path

_runs = itertools.count(1)


@cache
def host() -> str:
    return socket.gethostname()


def new() -> str:
    """A name for one run in this process: host, process id, start time (process ids come again), number of the run."""
    return f"{host()}:{os.getpid()}:{_started(os.getpid())}:{next(_runs)}"


def is_dead(holder: str) -> bool:
    """Whether `holder` was a process of this host that is gone; of another host's processes nothing is known."""
    name, pid, started, _run = holder.rsplit(":", 3)
    return name == host() and _started(int(pid)) != started


def _started(pid: int) -> str:
    """The kernel's start time of the process in clock ticks since boot; "0" where there is no /proc but it lives."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return "gone" if state in "ZX" else fields[18]  # a zombie is dead, only nobody has asked for its exit code yet
    except OSError:
        return "gone" if Path("/proc/self/stat").exists() or not _alive(pid) else "0"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
