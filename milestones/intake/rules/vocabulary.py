"""Which words do the rules know? Those of words.toml, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def words(section: str, name: str) -> list[str]:
    return list(_WORDS[section][name].split())


def kinds(section: str, name: str) -> dict[str, str]:
    """Word → the kind of milestone under which it stands."""
    return {word: kind for kind, row in _WORDS[section][name].items() for word in row.split()}


def any_of(found: Iterable[str]) -> str:
    """A pattern for one of the words, the longest that fits."""
    return f"(?:{'|'.join(sorted(found, key=len, reverse=True))})"
