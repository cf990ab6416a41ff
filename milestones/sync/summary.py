"""What did a run do?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Summary:
    """`seen` counts the rows of the feed that were looked at; `troubles` are what still has to be settled."""

    seen: int = 0
    done: Counter[str] = field(default_factory=Counter)
    troubles: list[Any] = field(default_factory=list)

    def count(self, what: str) -> None:
        self.done[what] += 1

    @property
    def conflicts(self) -> list[Any]:
        return [one for one in self.troubles if one.code == "conflict"]
