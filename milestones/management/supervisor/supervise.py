"""Which processes run, which is to be started again, and when do all stop?"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable

from .child import Child
from .watch import Watch

STOP = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
WATCHED = STOP | {signal.SIGCHLD}
SECONDS_TO_FINISH = 20.0


class Supervisor:
    """Holds children in the order in which they start; they end in the opposite one.

    Signals are waited for, not handled: no code is interrupted half-way.
    """

    def __init__(self, say: Callable[[str], None], watch: Watch | None = None) -> None:
        self.say = say
        self.watch = watch
        self.children: list[Child] = []
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)

    def start(self, *children: Child) -> None:
        for child in children:
            self.children.append(child)
            child.start(time.monotonic())

    def run(self, look: Callable[[], bool]) -> None:
        """Until told to stop. `look` is asked a few times a second until it says that it needs no more."""
        looking = True
        while not self.told_to_stop(0.2 if looking else self.until_next_start()):
            self.tend(time.monotonic())
            looking = looking and not look()

    def told_to_stop(self, seconds: float) -> bool:
        got = signal.sigtimedwait(WATCHED, seconds)
        return got is not None and got.si_signo in STOP

    def until_next_start(self) -> float:
        now = time.monotonic()
        waiting = [child.starts_at - now for child in self.children if child.process is None]
        looks = [self.watch.seconds_left(now)] if self.watch and self.watch.pid is None else []
        return max(0.0, min([5.0, *waiting, *looks]))

    def tend(self, now: float) -> None:
        for child in self.children:
            if (code := child.ended()) is not None:
                pause = child.wait_before_next_start(now)
                self.say(f"{child.name} ended ({meaning(code)}); starting it again in {pause:g} s")
            if child.process is None and now >= child.starts_at:
                child.start(now)
        if self.watch is not None:
            self.watch.tend(now)

    def stop(self, *groups: Iterable[Child]) -> None:
        """Ends the groups one after the other, each all at once; being told to stop again ends the patience."""
        if self.watch is not None:
            self.watch.end()
        for group in groups:
            self._stop([child for child in group if child.process is not None])

    def _stop(self, children: list[Child]) -> None:
        for child in children:
            child.terminate()
        give_up = time.monotonic() + SECONDS_TO_FINISH
        while children := [child for child in children if child.ended() is None]:
            if self.told_to_stop(0.2) or time.monotonic() > give_up:
                for child in children:
                    self.say(f"{child.name} does not end by itself: ended")
                    child.signal_group(signal.SIGKILL)


def meaning(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
