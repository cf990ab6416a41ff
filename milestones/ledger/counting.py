"""How many rows are there, told for little: exactly up to a thousand, above it that there are more?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milestones.models import Plan

from .query import Query
from .selecting import Viewer, selected

MOST = 1000


@dataclass(frozen=True)
class Count:
    number: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.more else str(self.number)


def count(viewer: Viewer, query: Query, today: date, among: Sequence[Plan] | None = None) -> Count:
    found = selected(viewer, query, today, among)[: MOST + 1].values("pk").count()
    return Count(min(found, MOST), found > MOST)
