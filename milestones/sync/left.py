"""Why could an object not be brought over now?"""

from __future__ import annotations

# What another pass of the same run may settle: what it waited for may have come.
PASSING = frozenset({"waits", "taken", "refused", "state", "moment", "deleted"})


class Left(Exception):
    """`code` is a word for it; the words say it in full."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
