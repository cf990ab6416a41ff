"""How is a text taken apart so that every part still knows where it stands?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .scripts import SIMPLIFIED

# Forms of one sign that rules need not tell apart. One character each: no offset moves.
_SAME = (
    SIMPLIFIED
    | {0xFF01 + n: 0x21 + n for n in range(94)}
    | {
        ord(char): plain
        for chars, plain in (
            ("\u00a0\u2002\u2003\u2009\u200b\u3000\ufeff", " "),
            ("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\n"),
            ("‐‑‒–—―−﹣ー─", "-"),
            ("～〜∼", "~"),
            ("﹪", "%"),
            ("↑", "增"),
            ("↓", "降"),
            ("｡", "。"),
            ("﹐", ","),
            ("﹔", ";"),
            ("〔【［", "("),
            ("〕】］", ")"),
            ("「『", "“"),
            ("」』", "”"),
            ("︰∶", ":"),
        )
        for char in chars
    }
)


def folded(text: str) -> str:
    """The same text, as long as before: half-width signs, simplified characters, plain blanks, one sign for a line."""
    return text.translate(_SAME)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the folded text and where it begins."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end

    def cut(self, start: int, end: int | None = None) -> Piece:
        """By positions in the piece, without the blanks around what is left."""
        text = self.text[start:end]
        bare = text.lstrip()
        return Piece(bare.rstrip(), self.start + start + len(text) - len(bare))

    def strip(self) -> Piece:
        return self.cut(0)

    def split(self, separator: re.Pattern[str]) -> Iterator[Piece]:
        """What stands between separators outside brackets, titles and quotations; nothing empty."""
        closed = [found.span() for found in CLOSED.finditer(self.text)]
        at = 0
        for found in separator.finditer(self.text):
            while closed and closed[0][1] <= found.start():
                closed.pop(0)
            if closed and closed[0][0] < found.start():
                continue
            yield from self._part(at, found.start())
            at = found.end()
        yield from self._part(at, len(self.text))

    def blank(self, pattern: re.Pattern[str]) -> Piece:
        """The same piece with what matches turned into blanks."""
        return Piece(pattern.sub(lambda found: " " * len(found[0]), self.text), self.start)

    def _part(self, start: int, end: int) -> Iterator[Piece]:
        part = self.cut(start, end)
        if part.text:
            yield part


CLOSED = re.compile(r"《[^《》\n]{1,120}》|“[^“”\n]{1,80}”|\([^()\n]{1,200}\)|<[^<>\n]{1,120}>")
SENTENCES = re.compile(r"[。!?;！？；\n]")
CLAUSES = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))|:(?!\d\d(?!\d))")  # the comma of 1,000 is none


def lines(text: str) -> Iterator[Piece]:
    """The lines of a folded text that hold anything; a row of cells keeps its empty first and last ones."""
    for found in re.finditer(r"[^\n]+", text):
        line = Piece(found[0], found.start()).strip()
        if line.text:
            yield Piece(found[0], found.start()) if "\t" in line.text else line
