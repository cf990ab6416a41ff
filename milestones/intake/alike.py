"""How alike are two titles, and which pairs of many are worth asking?"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

ALIKE = 0.6  # of the pairs of characters of two titles, so many are the same in both
SHORTEST = 6  # characters of a sentence that says which text it is of
_ENDS = re.compile(r"[。;；!！\n]")
_SIGNS = re.compile(r"[\W_]+")


def plain(title: str) -> str:
    """A title without signs, blanks, and ways of writing one character."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", title)).lower()


def likeness(one: str, other: str) -> float:
    """Dice's coefficient of the pairs of neighbouring characters."""
    first, second = _pairs(plain(one)), _pairs(plain(other))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


def shared(text: str, other: str) -> float:
    """Of the lines and sentences of the shorter of two texts, the share that the other one has word for word."""
    first, second = _sentences(text), _sentences(other)
    fewer = min(len(first), len(second))
    return len(first & second) / fewer if fewer else 0.0


def _sentences(text: str) -> set[str]:
    return {said for part in _ENDS.split(text) if len(said := plain(part)) >= SHORTEST}


def likely_pairs(titles: Sequence[str], others: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Numbers of all pairs that may be alike, without asking each.

    Of two titles with a coefficient of at least t, at least t / (2 - t) of the pairs of either are in both. So they
    share one of the first pairs of both, however pairs are ordered, when so many are left out of the end. The rarest
    come first: few titles share them.
    """
    counted = [_numbered(title) for title in titles]
    known = [_numbered(title) for title in others]
    often = Counter(pair for pairs in (*counted, *known) for pair in pairs)
    holding: dict[tuple[str, int], list[int]] = {}
    for number, pairs in enumerate(known):
        for pair in _rarest(pairs, often):
            holding.setdefault(pair, []).append(number)
    for at, pairs in enumerate(counted):
        found = {number for pair in _rarest(pairs, often) for number in holding.get(pair, ())}
        yield from ((at, number) for number in sorted(found))


def _rarest(pairs: list[tuple[str, int]], often: Counter[tuple[str, int]]) -> list[tuple[str, int]]:
    needed = math.ceil(len(pairs) * ALIKE / (2 - ALIKE) - 1e-9)
    return sorted(pairs, key=lambda pair: (often[pair], pair))[: len(pairs) - needed + 1]


def _numbered(title: str) -> list[tuple[str, int]]:
    """Each pair of characters with the number of its occurrence, so that none stands twice."""
    return [(pair, number) for pair, times in _pairs(plain(title)).items() for number in range(times)]


@lru_cache(maxsize=4096)
def _pairs(text: str) -> Counter[str]:
    return Counter(text[at : at + 2] for at in range(len(text) - 1))
