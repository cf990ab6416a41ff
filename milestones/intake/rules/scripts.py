"""Which character do the rules know for a traditional one, and how was it written in the text?"""

from __future__ import annotations

from pathlib import Path

_ROWS = Path(__file__).with_name("traditional.txt").read_text(encoding="utf-8").splitlines()
SIMPLIFIED = {ord(pair[0]): pair[1] for row in _ROWS if not row.startswith("#") for pair in row.split()}


def as_written(words: str, said: str, plain: str) -> str:
    """`words` with the characters of `said`, of which `plain` is the simplified form, one for one."""
    if said == plain or len(said) != len(plain):
        return words
    written = {ord(two): one for one, two in zip(said, plain, strict=True) if SIMPLIFIED.get(ord(one)) == two}
    return words.translate(written)
