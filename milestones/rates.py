"""How often may somebody ask, as people write it: 600/min?"""

from __future__ import annotations

import re
from dataclasses import dataclass

SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86400}
MOST = 10_000_000
WRITTEN = re.compile(r"([1-9][0-9]{0,7})/(s|min|h|day)")


@dataclass(frozen=True)
class Rate:
    """`count` requests in any window of `seconds`."""

    count: int
    seconds: int


def parse(text: str) -> Rate:
    """`600/min` → 600 in 60 seconds. Raises ValueError for anything else."""
    found = WRITTEN.fullmatch(text.strip())
    if found is None or int(found[1]) > MOST:
        raise ValueError(text)
    return Rate(int(found[1]), SECONDS[found[2]])
