"""What did a run do?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from milestones.models import SyncTrouble


@dataclass
class Summary:
    """`seen` counts the rows of the feed that were looked at, the last of them of `entity`; `passed` those, by entity,
    of what stays where it was made; `troubles` are what still has to be settled."""

    seen: int = 0
    entity: str = ""
    done: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    troubles: Sequence[SyncTrouble] = ()

    def count(self, what: str) -> None:
        self.done[what] += 1
