"""How does a test start a server that cannot outlive it?"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from milestones.management.supervisor.child import bound_to


def start(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None, **more: Any
) -> subprocess.Popen[bytes]:
    """In a group of its own, its words in `log`; it ends when the test process does, however that ends."""
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=bound_to(os.getpid()),
            **more,
        )


def end(process: subprocess.Popen[bytes], number: int = signal.SIGTERM, seconds: float = 20) -> int:
    """Asks it to end and waits; what is left of its group after that is killed."""
    with suppress(ProcessLookupError):
        process.send_signal(number)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], what: str, seconds: float = 30, pause: float = 0.02) -> None:
    """Returns as soon as `true` says so; an AssertionError that names `what` when it never does."""
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, f"waited {seconds:g} s in vain: {what}"
        time.sleep(pause)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
