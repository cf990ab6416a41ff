"""Which number does Word show before a paragraph that is numbered by itself: 一、 (一) 1. or a bullet?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from xml.parsers import expat

from milestones.evidence.reading.unfit import Unfit, Why

HAN = "〇一二三四五六七八九"
_CHINESE = frozenset({"chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting"})
DEEPEST = 9
MOST = 9999


@dataclass
class _Level:
    kind: str = "decimal"
    shown: str = "%1."
    start: int = 1


@dataclass
class Numbering:
    """What word/numbering.xml defines; `shown` counts on."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=lambda: defaultdict(dict))  # of a definition
    lists: dict[str, str] = field(default_factory=dict)  # list → definition
    _count: dict[str, list[int]] = field(default_factory=dict)

    def shown(self, of_list: str, level: int) -> str:
        """The number of the next paragraph of that list; empty when the list is not defined."""
        defined = self.levels.get(self.lists.get(of_list, ""), {})
        if level not in defined or not 0 <= level < DEEPEST:
            return ""
        count = self._count.setdefault(self.lists[of_list], [0] * DEEPEST)
        count[level] = min(count[level] + 1, MOST) if count[level] else defined[level].start
        count[level + 1 :] = [0] * (DEEPEST - level - 1)
        if defined[level].kind == "bullet":
            return "• "
        if defined[level].kind == "none":
            return ""
        words = defined[level].shown
        for at in range(level, -1, -1):
            one = defined.get(at, _Level())
            words = words.replace(f"%{at + 1}", _written(count[at] or one.start, one.kind))
        return words


def read(content: bytes) -> Numbering:
    """Of word/numbering.xml. Raises Unfit, ExpatError."""
    found = Numbering()
    at: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        value = {key.rpartition(" ")[2]: said for key, said in attributes.items()}
        if local == "abstractNum":
            at.update(abstract=value.get("abstractNumId", ""), list="")
        elif local == "num":
            at.update(list=value.get("numId", ""))
        elif local == "abstractNumId" and at.get("list"):
            found.lists[at["list"]] = value.get("val", "")
        elif local == "lvl" and not at.get("list") and value.get("ilvl", "").isdigit():
            at.update(level=value["ilvl"])
            found.levels[at.get("abstract", "")][int(value["ilvl"])] = _Level()
        elif local in {"numFmt", "lvlText", "start"} and at.get("level") and not at.get("list"):
            _set(
                found.levels[at.get("abstract", "")].setdefault(int(at["level"]), _Level()), local, value.get("val", "")
            )

    def refuse(*_doctype: object) -> None:
        raise Unfit(Why.BROKEN)  # entities that multiply would stand in it

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.Parse(content, True)
    return found


def _set(level: _Level, name: str, value: str) -> None:
    if name == "numFmt":
        level.kind = value
    elif name == "lvlText":
        level.shown = value[:20]
    elif value.isdigit():
        level.start = min(int(value), MOST)


def _written(number: int, kind: str) -> str:
    return _chinese(number) if kind in _CHINESE and number < 100 else str(number)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return f"{'' if tens < 2 else HAN[tens]}{'十' if tens else ''}{HAN[ones] if ones or not tens else ''}"
