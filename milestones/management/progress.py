"""How far is a synchronisation? A bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self, TextIO

from milestones.sync.nouns import NOUNS
from milestones.sync.summary import Summary

WIDTH = 24
EVERY = 0.1  # seconds between two pictures of the bar
LINE_EVERY = 10.0


class Progress:
    """How many rows there will be nobody knows: the bar shows which of the nouns is being delivered."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._terminal, self._told = out, out.isatty(), 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._terminal:
            self._out.write("\r\033[K")

    def tell(self, summary: Summary) -> None:
        now = time.monotonic()
        if not summary.seen or now - self._told < (EVERY if self._terminal else LINE_EVERY):
            return
        self._told = now
        self._out.write(f"\r\033[K{_bar(summary)} {_words(summary)}" if self._terminal else f"{_words(summary)}\n")
        self._out.flush()


def _bar(summary: Summary) -> str:
    at = [*NOUNS].index(summary.entity) + 1 if summary.entity in NOUNS else 0
    full = WIDTH * at // len(NOUNS)
    return f"[{'█' * full}{'·' * (WIDTH - full)}]"


def _words(summary: Summary) -> str:
    done = "  ".join(f"{what} {count}" for what, count in sorted(summary.done.items()))
    return f"{summary.entity} {summary.seen}  {done}".strip()
