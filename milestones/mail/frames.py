"""How does a digest of thirty lines cost little more than its words?

A template is rendered once for each shape that it can have, with marks where its texts will stand, and its styles are
inlined then; each mail, and each line, only fills in texts. What templates look up and escape one by one, and the
parsing of a whole page to inline its styles, is most of what a mail costs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from . import render

MARK = re.compile("\ue000(\\w+)\ue001")  # characters for private use, which no template holds
ROWS = re.compile("<tr><td>(\ue000\\w+\ue001)</td></tr>")  # within a table only rows may stand
RAW = "rows"  # what begins so is said already: lines filled in before


def mark(name: str) -> SafeString:
    """Where the text `name` will stand."""
    return mark_safe(f"\ue000{name}\ue001")  # noqa: S308 - no text of anybody's


def rows_mark(name: str) -> SafeString:
    """Where rows of a table will stand."""
    return mark_safe(f"<tr><td>{mark(name)}</td></tr>")  # noqa: S308 - no text of anybody's


def between_rows(row: str) -> SafeString:
    """A row of a page of which `row` will cut it out again."""
    return mark_safe(f"{BEFORE}{row}{AFTER}")  # noqa: S308 - rendered by a template


class Marks(dict[str, str]):
    """Marks for these names; what is not among them is empty."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__((name, mark(name)) for name in names)

    def __missing__(self, name: str) -> str:
        return ""


BEFORE, AFTER = rows_mark("before"), rows_mark("after")


class Text:
    """A rendered text with marks."""

    def __init__(self, said: str) -> None:
        self.format = MARK.sub(r"%(\1)s", said.replace("%", "%%"))

    def filled(self, texts: Mapping[str, str]) -> str:
        return self.format % texts


class Page:
    """A page of HTML with marks, its styles inlined; texts are escaped as the inliner, which writes the page anew from
    what it read, would have done it."""

    def __init__(self, inlined: str) -> None:
        parts = MARK.split(inlined)
        uses = [(name, _quote(name, before)) for before, name in zip(parts[::2], parts[1::2], strict=False)]
        self.uses = {f"{name}|{quote.__name__}": (name, quote) for name, quote in uses}
        keys = [f"%({name}|{quote.__name__})s" for name, quote in uses]
        literals = [part.replace("%", "%%") for part in parts[::2]]
        self.format = "".join(piece for pair in zip(literals, [*keys, ""], strict=True) for piece in pair)

    def filled(self, texts: Mapping[str, str]) -> str:
        return self.format % {key: quote(texts[name]) for key, (name, quote) in self.uses.items()}


def text(template: str, context: Mapping[str, Any]) -> Text:
    return Text(render.rendered(template, context))


def page(template: str, context: Mapping[str, Any]) -> Page:
    return Page(ROWS.sub(r"\1", render.inlined(render.rendered(template, context))))


def row(template: str, context: Mapping[str, Any]) -> Page:
    """Of a page only the row that stands `between_rows`."""
    whole = render.inlined(render.rendered(template, context))
    return Page(whole.partition(BEFORE)[2].partition(AFTER)[0])


def _quote(name: str, before: str) -> Callable[[str], str]:
    if name.startswith(RAW):
        return _as_it_is
    return _in_attribute if before.endswith('="') else _in_text


def _as_it_is(said: str) -> str:
    return said


def _in_text(said: str) -> str:
    said = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _read(said).replace("\u00a0", "&nbsp;")


def _in_attribute(said: str) -> str:
    return _read(said).replace("&", "&amp;").replace('"', "&quot;").replace("\u00a0", "&nbsp;")


def _read(said: str) -> str:
    """A reader of HTML takes every end of a line for the same."""
    return said.replace("\r\n", "\n").replace("\r", "\n") if "\r" in said else said
