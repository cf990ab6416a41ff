"""Who holds a lease, and is that process still alive?

So that a killed worker's mails need not wait for the end of its lease.
"""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path


@cache
def host() -> str:
    return socket.gethostname()


def me() -> str:
    """This process: host, process id and start time (process ids come again, the pair does not)."""
    return f"{host()}:{os.getpid()}:{_started(os.getpid())}"


def is_dead(holder: str) -> bool:
    """Whether `holder` was a process of this host that is gone; of another host's processes nothing is known."""
    name, pid, started = holder.rsplit(":", 2)
    return name == host() and _started(int(pid)) != started


def _started(pid: int) -> str:
    """The kernel's start time of the process in clock ticks since boot; "0" where there is no /proc but it lives."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
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
