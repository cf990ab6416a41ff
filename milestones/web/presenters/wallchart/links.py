"""Through which lanes does the line of a dependency run? Pure; y in per cent of a lane's height."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MIDDLE, HEAD = 50, 1.1


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line within one lane. `is_head` ends at the successor; `is_against`: the successor is due first."""

    x1: float
    y1: int
    x2: float
    y2: int
    is_head: bool
    is_against: bool


@dataclass(frozen=True, slots=True)
class Link:
    """From the end of the predecessor in lane `start` to the due date of the successor in lane `stop`."""

    start: int
    stop: int
    x1: float
    x2: float


def pieces(links: Iterable[Link]) -> Mapping[int, list[Piece]]:
    """Lane → what runs through it: down (or up) from the predecessor, then across to the successor."""
    found: dict[int, list[Piece]] = defaultdict(list)
    for link in links:
        against = link.x2 < link.x1
        near, far = (MIDDLE, 100) if link.stop > link.start else (0, MIDDLE)
        step = 1 if link.stop > link.start else -1
        found[link.start].append(Piece(link.x1, near, link.x1, far, False, against))
        for lane in range(link.start + step, link.stop, step):
            found[lane].append(Piece(link.x1, 0, link.x1, 100, False, against))
        enter = 0 if step == 1 else 100
        found[link.stop].append(Piece(link.x1, enter, link.x1, MIDDLE, False, against))
        short = link.x2 + HEAD if against else max(link.x1, link.x2 - HEAD)
        found[link.stop].append(Piece(link.x1, MIDDLE, round(short, 2), MIDDLE, True, against))
    return found
