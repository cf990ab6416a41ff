"""Who looks after the reminders when every worker is gone? The supervisor, in a process that it forks for each look.

It loads nothing anew, and a database or a receiver that hangs holds up no child that must be started again.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from .child import bound_to

LONGEST_LOOK = 50.0


@dataclass
class Watch:
    """`next` and `began` are readings of the monotonic clock; the process is None between looks."""

    look: Callable[[], None]
    every: float
    next: float = 0.0
    began: float = 0.0
    pid: int | None = None

    def tend(self, now: float) -> None:
        if self.pid is not None and not self._ended() and now - self.began > LONGEST_LOOK:
            self.end()
        if self.pid is None and now >= self.next:
            self.next, self.began = now + self.every, now
            self.pid = self._fork()

    def seconds_left(self, now: float) -> float:
        return max(0.0, self.next - now)

    def end(self) -> None:
        """Without its last words: the lease it may hold runs out."""
        if self.pid is not None:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        self.pid = None

    def _ended(self) -> bool:
        assert self.pid is not None
        if os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            return False
        self.pid = None
        return True

    def _fork(self) -> int:
        """The supervisor has one thread and no connection: what is copied is whole."""
        parent = os.getpid()
        if pid := os.fork():
            return pid
        try:
            bound_to(parent)()
            self.look()
        except BaseException:  # nothing may get out of here: behind it lies the supervisor's own code
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(0)
