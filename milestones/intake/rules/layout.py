"""Which ends of lines and blanks of a text mean nothing: lines cut at a page's edge, blanks between digits?"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .headings import mark
from .pieces import Piece, folded
from .tables import blank_header

NARROWEST, WIDEST = 18, 60  # characters in a line of a printed page
MOST_LINE = 200  # no line of a page is longer
_PAGE = re.compile(
    r"\s*(?:[-·•|]*\s*\d{1,4}\s*[-·•|]*|第\s?\d{1,4}\s?页.*|\d{1,4}\s?/\s?\d{1,4}|page\s?\d+.*)\s*", re.IGNORECASE
)
_ENDED = re.compile(r"[。;!?:][”’)]?$")
_GOES_ON = re.compile(r"(?:[,、(《“]|[(《“][^)》”]{1,40})$")
_INSIDE = re.compile(r"[\u4e00-\u9fff\d%][,。;、]")  # a sign that parts words, not the number of an item
_CONTINUES = re.compile(r"[,、。;:)》”%]")
_CELLS = re.compile(r"\t|\||\S {2,}\S")
_HAN = r"\u4e00-\u9fff"
_BLANKS = re.compile(
    rf"(?<=[{_HAN},、。;:(])[ ]{{1,2}}(?=[\d(])|(?<=[\d%)])[ ]{{1,2}}(?=[{_HAN}%、,。;])|(?<=[{_HAN}])[ ](?=[、,。;:])"
)
_SPACED = re.compile(rf"(?:(?<=[\d{_HAN}.,%、。;:()-])[ ](?=[\d{_HAN}.,%、。;:()-]))")
_DIGITS = re.compile(r"(?<![\d.] )(?<![\d.])\d(?: ?[.,]? ?\d(?![\d])){1,12}(?=\s?[\u4e00-\u9fff%])")
_ROW = re.compile(r"\s*\d{1,3}\s")
_OFTEN = 3  # so often the head of a page is repeated


@dataclass(frozen=True)
class Layout:
    """`text` is what is read; `places` says where each of its characters stands in the text that was given."""

    text: str
    places: Sequence[int]

    def span(self, span: tuple[int, int]) -> tuple[int, int]:
        start, end = span
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


def plain(text: str) -> Layout | None:
    """The folded text without what means nothing; None when all of it means something."""
    whole = folded(text)
    cut = sorted(_unmeant(whole))
    if not cut:
        return None
    places = array("q")
    parts, at = [], 0
    for start, end in cut:
        if start < at:
            continue
        parts.append(whole[at:start])
        places.extend(range(at, start))
        at = end
    parts.append(whole[at:])
    places.extend(range(at, len(whole) + 1))
    return Layout("".join(parts), places)


def _unmeant(whole: str) -> Iterator[tuple[int, int]]:
    lines = [(found.start(), found[0]) for found in re.finditer(r"[^\n]+", whole) if found[0].strip()]
    in_table = False
    for start, line in lines:
        in_table = blank_header(Piece(line, 0)) is not None or (in_table and bool(_ROW.match(line)))
        if in_table:
            continue
        yield from ((start + a, start + b) for a, b in _blanks(line))
    yield from _ends(lines)


def _blanks(line: str) -> Iterator[tuple[int, int]]:
    if _CELLS.search(line):
        return
    numbered = mark(line.strip())
    begin = len(line) - len(line.lstrip()) + (numbered.end if numbered else 0)
    gaps = line.count(" ", begin)
    pattern = _SPACED if gaps * 3 > len(line) - begin > 8 else _BLANKS
    for found in pattern.finditer(line, begin):
        yield found.span()
    if pattern is _BLANKS:
        for run in _DIGITS.finditer(line, begin):
            yield from (blank.span() for blank in re.compile(" ").finditer(line, run.start(), run.end()))


def _ends(lines: list[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    """From the last sign of a line to the first of the one that goes on with it, over numbers and heads of pages."""
    often = Counter(line.strip() for _start, line in lines)
    text = [number for number, (_start, line) in enumerate(lines) if not _of_page(line, often)]
    pairs = [(lines[one], lines[two], two > one + 1) for one, two in pairwise(text)]
    width = _width(pairs)
    broken = _broken(pairs)
    for number, ((start, line), (begin, after), over_page) in enumerate(pairs):
        end = start + len(line)
        apart = begin - end > 1 and not over_page
        if number in broken or _joins(line.strip(), after, 0 if apart else width):
            yield start + len(line.rstrip()), begin + len(after) - len(after.lstrip())


def _broken(pairs: list[tuple[tuple[int, str], tuple[int, str], bool]]) -> set[int]:
    """Numbers of the pairs inside a paragraph whose sentences go over the ends of its lines: its last line ends as a
    sentence does, and those before it have signs inside but none at their end."""
    found: set[int] = set()
    block: list[int] = []
    for number, ((start, line), (begin, after), _over) in enumerate(pairs):
        bare, following = line.strip(), after.strip()
        ends = _ENDED.search(bare) or _CELLS.search(line) or len(line) > MOST_LINE
        if ends or mark(following) is not None or begin - start - len(line) > 1 or _CELLS.search(after):
            block = []
            continue
        if not block and not _is_begun(bare):
            continue
        block.append(number)
        if _ENDED.search(following):
            found.update(block)
            block = []
    return found


def _is_begun(line: str) -> bool:
    """Whether a line that goes on below has begun a sentence; a heading with a comma has not."""
    numbered = mark(line)
    return bool((re.compile("。") if numbered else _INSIDE).search(line, numbered.end if numbered else 0))


def _of_page(line: str, often: Counter[str]) -> bool:
    bare = line.strip()
    return bool(_PAGE.fullmatch(line)) or (often[bare] >= _OFTEN and len(bare) < 30 and not _ENDED.search(bare))


def _joins(line: str, raw: str, width: int) -> bool:
    after = raw.strip()
    if len(line) > MOST_LINE or _ENDED.search(line) or _CELLS.search(line) or _CELLS.search(raw):
        return False
    if _CONTINUES.match(after):
        return True
    is_full = width > 0 and _wide(line) >= width - 3
    if mark(after) is not None and not _is_number(after, is_full):
        return False
    indented = len(raw) - len(raw.lstrip()) >= 2
    return bool(_GOES_ON.search(line)) or (is_full and not indented)


def _is_number(after: str, is_full: bool) -> bool:
    """Whether what looks like the number of an item is a figure cut from its sentence: 2.5万亩."""
    return bool(re.match(r"\d{1,4}\.\d", after)) and (is_full or not re.match(r"\d\.\d{1,2}\s", after))


def _wide(line: str) -> float:
    """In characters of full width."""
    return sum(1.0 if ord(char) > 0x2E7F or char in "“”—…" else 0.5 for char in line)


def _width(pairs: list[tuple[tuple[int, str], tuple[int, str], bool]]) -> int:
    """Of the page at whose edge lines are cut; 0 when they end where sentences do."""
    shown = [(line.strip(), after.strip()) for (_s, line), (_b, after), _p in pairs]
    wide = sorted(_wide(line) for line, _after in shown)
    if len(wide) < 3 or wide[-1] > MOST_LINE:
        return 0
    edge = wide[min(len(wide) - 1, len(wide) * 95 // 100)]
    full = [(line, after) for line, after in shown if _wide(line) >= edge - 2.5]
    cut = [line for line, after in full if not _ENDED.search(line) and mark(after) is None]
    if not NARROWEST <= edge <= WIDEST or len(full) * 5 < len(wide) * 2 or len(cut) * 2 < len(full):
        return 0
    return int(edge)
