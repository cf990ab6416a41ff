"""Does a text carry a classification marking, where, and by which rule?

Pure, and quick with texts that carry none. What is a marking and what is not: docs/algorithms/classification-guard.md.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.errors import RuleBroken


class Rule(StrEnum):
    STAR = "star"  # 机密★10年
    LEVEL = "level"  # 密级：机密
    ALONE = "alone"  # 【机密】 and nothing else on the line


WORDS: dict[Rule, Any] = {
    Rule.STAR: gettext_lazy("a level of secrecy with a star"),
    Rule.LEVEL: gettext_lazy("a level of secrecy after “密级”"),
    Rule.ALONE: gettext_lazy("a level of secrecy alone on a line"),
}


@dataclass(frozen=True)
class Marking:
    """`line` and `column` count from 1; the column is where the level, or the word 密级, begins as it was typed."""

    rule: Rule
    line: int
    column: int


class Classified(RuleBroken):
    """A text carries a marking and is refused; the error does not hold the text, only its `sha256`.

    `place` says where among what was checked: the field, or inside one that holds lists (`rows[3].title`, from 0).
    """

    code = "classified"

    def __init__(self, place: str, marking: Marking, sha256: str, label: Any = None) -> None:
        message = _(
            "“%(field)s” carries a classification marking: %(rule)s. Nothing classified may enter here; nothing was "
            "saved. A classified matter belongs in the system made for it; if this one is not classified, remove the "
            "marking. The words inside a sentence, as in 商业秘密, are no marking."
        )
        shown = {"field": label or place, "rule": WORDS[marking.rule]}
        super().__init__(message % shown, field=re.split(r"[.\[]", place, maxsplit=1)[0])
        self.place, self.marking, self.sha256 = place, marking, sha256


def find(text: str) -> Marking | None:
    """The first marking in a text; None when there is none."""
    return in_text(text.splitlines()) if "密" in text else None


def in_text(lines: Iterable[str]) -> Marking | None:
    """The first marking in lines that come one by one, as from a file: the rest is then not asked for."""
    for number, line in enumerate(lines, 1):
        if _HINT.search(line) and (found := _in_line(line)):
            rule, column = found
            return Marking(rule, number, column)
    return None


def check(values: Mapping[str, Any], label: Callable[[str], Any] | None = None) -> None:
    """Raise Classified for the first text with a marking among `values`, however deep in lists and mappings.

    `label` gives a field's name in words. Other values than texts are passed over. One call may hold many rows: a text
    without the character 密 costs less than half a microsecond.
    """
    texts = dict(values)
    for place, text in _texts(texts, "") if may_hold(texts) else ():
        if marking := find(text):
            raise Classified(place, marking, digest(text), label(place) if label else None)


def digest(text: str) -> str:
    """SHA-256 of a text as UTF-8 after NFKC, in hexadecimal: by it whoever holds the text recognises its refusal."""
    return hashlib.sha256(unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass")).hexdigest()


def may_hold(value: Any) -> bool:
    """Whether the one character that every marking has stands anywhere in it: the quick answer for almost all."""
    if isinstance(value, str):
        return "密" in value
    if isinstance(value, dict):
        return any(map(may_hold, value)) or any(map(may_hold, value.values()))
    return isinstance(value, list | tuple) and any(map(may_hold, value))


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """(place, text) of all texts in it; a key stands where its mapping stands."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(key, place)
            yield from _texts(part, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _texts(part, f"{place}[{number}]")


# What any level of secrecy looks like before it is folded: few sentences go further than this.
_HINT = re.compile("[绝絕机機秘祕㊙][\\W_\u115f\u1160\u3164\uffa0]*密")

# --- The rules, on a line as `_folded` gives it: simplified, narrow, one blank where there were many ------------------
_TRADITIONAL = str.maketrans("絕機祕級為長個屬", "绝机秘级为长个属")
_FILLERS = "\u115f\u1160\u2800"  # look like blanks, and are letters or signs to Unicode
_STARS = "★☆⭐⋆\u2721-\u274b"
_ASTERISKS = "*∗⁎٭"

_WORD = "(?:绝 ?密|机 ?密|秘 ?密)"
_TERM = "(?:(?:[0-9]+|[一二三四五六七八九十百]+) ?(?:年|个? ?月|日|天)|长 ?期)"
_CLOSED = r"(?: ?级)?(?: ?[\])}）】》」』〕〉”’\"'])?"  # what may stand between the word and a true star
# An asterisk is a footnote or bold print too: 商业秘密* is no marking unless a term follows.
_PHRASES = "".join(f"(?<!{phrase})" for phrase in ("商业", "保守", "国家", "工作", "技术", "个人", "商 业", "国 家"))
_LEVEL = "密 ?(?:等 ?级|级 ?别|级)"
_GAP = r"[\W_]{0,12}"
# Without a colon or the like it might be a sentence, 密级为机密的文件; or a list, 密级分绝密、机密、秘密.
_ENDS = rf"(?: ?级)?(?=长 ?期|[\W\d_]|$)(?![\W_]{{1,3}}{_WORD})"

_RULES: tuple[tuple[Rule, re.Pattern[str]], ...] = (
    (Rule.STAR, re.compile(rf"{_WORD}{_CLOSED} ?[{_STARS}]")),
    (Rule.STAR, re.compile(rf"{_WORD}{_CLOSED} ?[{_ASTERISKS}][{_ASTERISKS} ]{{0,12}}{_TERM}")),
    (Rule.STAR, re.compile(rf"{_PHRASES}{_WORD} ?[{_ASTERISKS}]")),
    (Rule.LEVEL, re.compile(rf"{_LEVEL}{_GAP}[:|=│┃>→]{_GAP}{_WORD}")),
    (Rule.LEVEL, re.compile(rf"(?<![绝机秘])(?<![绝机秘] ){_LEVEL}{_GAP}(?:定?为|是|属于?)?{_GAP}{_WORD}{_ENDS}")),
    (Rule.ALONE, re.compile(rf"^[\W_]*{_WORD}(?: ?级)?[\W_]*(?:{_TERM}[\W_]*)?$")),
)
_BEGINNING = re.compile(rf"{_WORD}|{_LEVEL}")


def _in_line(line: str) -> tuple[Rule, int] | None:
    folded, origin = _folded(line)
    hits = [(rule, match) for rule, pattern in _RULES if (match := pattern.search(folded))]
    if not hits:
        return None
    rule, match = min(hits, key=lambda hit: hit[1].start())
    begins = _BEGINNING.search(folded, match.start()) or match
    return rule, origin[begins.start()] + 1


def _folded(line: str) -> tuple[str, list[int]]:
    """The line without what does not show or only looks different, and where each character of it stood."""
    chars: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(line):
        for part in unicodedata.normalize("NFKC", char):
            shown = " " if part.isspace() or part in _FILLERS else part
            if (shown == " " and chars[-1:] == [" "]) or (shown != " " and _unseen(shown)):
                continue
            chars.append(shown)
            origin.append(at)
    return "".join(chars).translate(_TRADITIONAL), origin


def _unseen(char: str) -> bool:
    """Of no width by itself: joiners, variation selectors, strike-through and other combining marks, controls."""
    category = unicodedata.category(char)
    return category[0] == "C" or category in {"Mn", "Me"}
