"""One process that is started, watched and ended, together with whatever it started itself."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY = 60.0  # seconds after which a child counts as having started well


@dataclass
class Child:
    """`starts_at` and `started` are readings of the monotonic clock."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    kept_open: Sequence[int] = ()
    starts_at: float = 0.0
    started: float = 0.0
    pause: float = 0.0
    process: subprocess.Popen[bytes] | None = None

    def start(self, now: float) -> None:
        """In a group of its own: Ctrl-C in the terminal reaches the supervisor alone, which then ends all in order."""
        self.started = now
        self.process = subprocess.Popen(  # noqa: S603 - our own command line
            self.command,
            env=self.environment,
            pass_fds=self.kept_open,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=bound_to(os.getpid()),  # noqa: PLW1509 - the supervisor has one thread
        )

    def ended(self) -> int | None:
        """The exit code once it has ended, everything it left behind ended too; None while it runs."""
        if self.process is None:
            return None
        # Looked at without reaping: until then its number is its own, and the kill below meets nobody else.
        if os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return None
        self.signal_group(signal.SIGKILL)
        code = self.process.wait()
        self.process = None
        return code

    def wait_before_next_start(self, now: float) -> float:
        """Seconds until it may start again: longer each time, short again once it had run well."""
        steady = now - self.started >= STEADY
        self.pause = SHORTEST_PAUSE if steady else min(max(self.pause * 2, SHORTEST_PAUSE), LONGEST_PAUSE)
        self.starts_at = now + self.pause
        return self.pause

    def terminate(self) -> None:
        """Asks it to end; it tells its own children."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def signal_group(self, number: int) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def bound_to(parent: int) -> Callable[[], None]:
    """What the child does before it becomes the command: it ends when the supervisor does, however that happens."""
    libc = ctypes.CDLL(None, use_errno=True)

    def bind() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the supervisor's blocked signals are inherited
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return bind
