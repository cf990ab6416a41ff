"""On which line of a TOML file does a table or a key stand? tomllib does not say.

Works on text that tomllib has accepted, so it only has to know where strings and brackets end (TOML 1.0).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

Path = tuple[str, int, str]

_PART = r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")
_HEADER = re.compile(rf"(?P<open>\[\[?)[ \t]*(?P<key>{_KEY.pattern})[ \t]*\]\]?")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SKIP = re.compile(r"""[^"'#\[\]{}\n]+""")
_STRING = re.compile(r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*\'''', re.DOTALL)
_COMMENT = re.compile(r"#[^\n]*")
_BLANK = re.compile(r"[ \t\r\n]*")


@dataclass
class Lines:
    """Lines by (table, row, key): row 0 for a plain table, else counted from 1; key "" is the header."""

    found: dict[Path, int] = field(default_factory=dict)

    def of(self, table: str, row: int = 0, key: str = "") -> int:
        """The line of the nearest thing there is: the key, else its row, else its table, else the first line."""
        for path in ((table, row, key), (table, row, ""), (table, 0, ""), (table, 1, ""), ("", 0, table)):
            if path in self.found:
                return self.found[path]
        return 1


def index_lines(text: str) -> Lines:
    """The lines of all headers and keys of a valid TOML text."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1
        self.lines, self.rows = Lines(), dict[str, int]()
        self.table, self.row, self.prefix = "", 0, ""

    def scan(self) -> Lines:
        while self._skip(_BLANK) or self.at < len(self.text):
            if self.at >= len(self.text):
                break
            if self._skip(_COMMENT):
                continue
            if self.text[self.at] == "[":
                self._header()
            else:
                self._pair()
        return self.lines

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self.text, self.at)
        if match is None or match.end() == self.at:
            return False
        self.line += self.text.count("\n", self.at, match.end())
        self.at = match.end()
        return True

    def _header(self) -> None:
        match = _HEADER.match(self.text, self.at)
        if match is None:  # cannot be, in what tomllib accepted; never loop on it
            self.at = len(self.text)
            return
        parts = _key_parts(match["key"])
        self.table, self.prefix = parts[0], "".join(f"{part}." for part in parts[1:])
        if match["open"] == "[[" and not self.prefix:
            self.rows[self.table] = self.rows.get(self.table, 0) + 1
        self.row = self.rows.get(self.table, 0)
        self._note(self.prefix.rstrip("."))
        self._skip(_HEADER)

    def _pair(self) -> None:
        start, line = self.at, self.line
        self._skip(_KEY)
        parts = _key_parts(self.text[start : self.at])
        for depth in range(1, len(parts) + 1):
            self._note(self.prefix + ".".join(parts[:depth]), line)
        self._value()

    def _value(self) -> None:
        depth = 0
        while self.at < len(self.text):
            if self._skip(_SKIP) or self._skip(_STRING) or self._skip(_COMMENT):
                continue
            mark = self.text[self.at]
            if mark == "\n" and depth == 0:
                return
            depth += (mark in "[{") - (mark in "]}")
            self.line += mark == "\n"
            self.at += 1

    def _note(self, key: str, line: int | None = None) -> None:
        self.lines.found.setdefault((self.table, self.row, key), line or self.line)


def _key_parts(dotted: str) -> list[str]:
    """`a."b c".d` → [a, b c, d], unquoted by tomllib itself."""
    if _BARE.fullmatch(dotted):
        return [dotted]
    table = tomllib.loads(f"{dotted} = 0")
    parts: list[str] = []
    while isinstance(table, dict):
        (part,) = table
        parts.append(part)
        table = table[part]
    return parts
