"""Which figures does one clause give several things at once: A、B和C分别增长8%、9%和10%?"""

from __future__ import annotations

import re

from . import measures
from .figures import Before, Figure
from .measures import GROWTH, plain_growth
from .quantities import Quantity

_EACH = re.compile(r"(?P<names>.+?)(?:力争|预期|同比|预计|要)*分别(?:力争|预计|要)?(?P<how>[^\d]*)$")
_THEIRS = re.compile(r"(?:力争|预期|预计|同比|要|比上年|较上年)*分别(?P<how>[^\d]*)$")


def each(text: str, quantities: list[Quantity], before: Before) -> list[Figure]:
    """Empty when the clause is no such list. 分别增长12%和15% alone is of the figures before it in its sentence."""
    head = text[: quantities[0].start]
    if theirs := _THEIRS.match(head):
        names, how = list(before.names[-len(quantities) :]), theirs["how"]
    elif found := _EACH.match(head):
        names, how = _names(found["names"], len(quantities)), found["how"]
    else:
        return []
    if len(names) != len(quantities):
        return []
    growth = GROWTH.search(how)
    suffix = plain_growth(growth["verb"]) if growth else ""
    return [
        Figure(name + suffix, measures.of(quantity, name + suffix, how), quantity, how)
        for name, quantity in zip(names, quantities, strict=True)
    ]


def _names(said: str, count: int) -> list[str]:
    names = [name for name in re.split("[、和及与]", said) if name]
    if len(names) == 1 and names[0].startswith("城乡") and count == 2:
        return ["城镇" + names[0][2:], "农村" + names[0][2:]]
    return names
