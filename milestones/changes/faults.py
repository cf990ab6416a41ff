"""What can be wrong with history, and where should one look?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    SEAL = "seal"  # the chain of seals, or what a seal vouches for
    SEQUENCE = "sequence"  # numbers of entries that are missing
    OBJECT = "object"  # entries against one another, and against the present row
    DATES = "dates"  # the date history against the entries
    FILE = "file"  # an evidence file against its row


@dataclass(frozen=True)
class Fault:
    """`about` says what is at fault (`milestone 0190…`, `entries 1–1000`); `entries` are the numbers to look at."""

    kind: FaultKind
    about: str
    words: Any
    entries: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.about}: {self.words}"
