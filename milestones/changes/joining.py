"""How are two long ordered lists laid side by side without holding either?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

A = TypeVar("A")
B = TypeVar("B")


def grouped(rows: Iterable[tuple[Any, A]]) -> Iterator[tuple[Any, list[A]]]:
    """(key, value) pairs in key order → each key once, with its values."""
    for key, pairs in groupby(rows, key=itemgetter(0)):
        yield key, [value for _key, value in pairs]


def beside(left: Iterable[tuple[Any, A]], right: Iterable[tuple[Any, B]]) -> Iterator[tuple[Any, A | None, B | None]]:
    """Each key of either, once and in order, with what each side has under it; None for nothing."""
    lefts, rights = iter(left), iter(right)
    one, other = next(lefts, None), next(rights, None)
    while one is not None or other is not None:
        key = min(pair[0] for pair in (one, other) if pair is not None)
        here = one[1] if one is not None and one[0] == key else None
        there = other[1] if other is not None and other[0] == key else None
        yield key, here, there
        one = next(lefts, None) if here is not None else one
        other = next(rights, None) if there is not None else other
