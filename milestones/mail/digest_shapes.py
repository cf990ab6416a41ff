"""Which shapes can a digest and a line of it have? Each is rendered once; mails fill in their words (frames.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from . import frames, render
from .frames import Marks, Page, Text

ROW = ("code", "title", "url", "line", "health", "mark", "report_url", "extension_url", "button")
LOOKS = ("health", "button")  # of a line; styles hang on them, so they belong to its shape
WHETHER = ("mark", "report_url", "extension_url")  # of a line; what a template asks for
WORDS = ("subject", "name", "counts_text", "day_text", "more_text", "more_line", "why")


class Shape(NamedTuple):
    """`groups` are those that it has, in their order; `more`: whether some of its items are only counted."""

    kind: str
    language: str
    base_url: str
    groups: tuple[str, ...]
    is_working: bool
    more: bool


Line = tuple[str, Mapping[str, str]]  # its group, and the texts of ROW


def body(shape: Shape, words: Mapping[str, str], lines: Iterable[Line]) -> tuple[str, str]:
    """Text and HTML, in the shape's language, which is the active one; `words` are those of WORDS."""
    said: dict[str, list[str]] = {group: [] for group in shape.groups}
    laid: dict[str, list[str]] = {group: [] for group in shape.groups}
    first: Mapping[str, str] = {}
    for group, line in lines:
        first = first or line
        text, page = _row(shape.language, *(line[name] for name in LOOKS), *(bool(line[name]) for name in WHETHER))
        said[group].append(text.filled(line))
        laid[group].append(page.filled(line))
    text, page = _whole(shape)
    shown = {**words, "title": first["title"], "line": first["line"]}
    return text.filled(shown | _rows(said)), page.filled(shown | _rows(laid))


def _rows(rows: Mapping[str, list[str]]) -> dict[str, str]:
    return {f"{frames.RAW}_{group}": "".join(some) for group, some in rows.items()}


@lru_cache(maxsize=256)
def _whole(shape: Shape) -> tuple[Text, Page]:
    text = frames.text(f"{shape.kind}-body.txt", _context(shape, lambda name: {"row_text": frames.mark(name)}))
    page = frames.page(f"{shape.kind}-body.html", _context(shape, lambda name: {"row_html": frames.rows_mark(name)}))
    return text, page


@lru_cache(maxsize=256)
def _row(language: str, health: str, button: str, *whether: bool) -> tuple[Text, Page]:
    absent = {name for name, is_there in zip(WHETHER, whether, strict=True) if not is_there}
    item = Marks(name for name in ROW if name not in absent)
    item.update(zip(LOOKS, (health, button), strict=True))
    row = frames.between_rows(render.rendered("digest-row.html", {"item": item}))
    page = _context(Shape("digest", language, "", ("soon",), True, False), lambda _name: {"row_html": row})
    return frames.text("digest-row.txt", {"item": item}), frames.row("digest-body.html", page)


def _context(shape: Shape, place: Callable[[str], dict[str, str]]) -> dict[str, Any]:
    """`place` says where the rows of a group stand."""
    words = Marks(WORDS)
    groups = [{"key": group, "items": [place(f"{frames.RAW}_{group}")]} for group in shape.groups]
    groups[0]["items"] = [Marks(("title", "line")) | place(f"{frames.RAW}_{shape.groups[0]}")]
    return {
        **render.base(shape.language),
        **words,
        "person": {"display_name": words["name"]},
        "groups": groups,
        "is_working": shape.is_working,
        "more": shape.more,
        "more_url": f"{shape.base_url}/",
    }
