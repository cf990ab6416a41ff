"""Which text does a page of HTML show? One line a paragraph, cells of a row between tabs."""

from __future__ import annotations

import html
import re

from .cells import Lines

_OPENING = re.compile(
    r"^\s*(?:<!doctype html|<html|<head|<body|<\?xml[^>]{0,100}\?>\s*<(?:!doctype )?html)", re.IGNORECASE
)
_ANY = re.compile(r"<(?:p|div|br|table|span|meta|h[1-6]|ul)\b[^<>]*>", re.IGNORECASE)
# A tag ends at the next > outside quotes; whatever never ends is taken as text.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>\"']|\"[^\"<>]*\"|'[^'<>]*')*)>")
_LINES = frozenset(
    "p div br li h1 h2 h3 h4 h5 h6 ul ol dl dt dd section article header footer nav aside main figure "
    "figcaption blockquote form hr pre option title".split()
)
_TABLES = frozenset({"table", "tr", "td", "th"})
_UNSEEN = ("script", "style", "template", "noscript", "svg", "textarea", "select", "iframe")
_HIDDEN = re.compile(r"display\s*:\s*none|\bhidden\b", re.IGNORECASE)


def is_one(text: str) -> bool:
    """Whether it begins as a page does, or is full of its tags."""
    return bool(_OPENING.match(text[:2000])) or len(_ANY.findall(text[:20_000])) >= 5


def text(source: str) -> str:
    """Comments, scripts, styles and the like are not shown; entities are what they stand for."""
    shown = _without(_without_comments(source))
    page, at = Lines(), 0
    for tag in _TAG.finditer(shown):
        page.add(html.unescape(shown[at : tag.start()]).replace("\n", " ").replace("\t", " "))
        at = tag.end()
        name = tag[2].lower()
        if name in _TABLES:
            page.end(name) if tag[1] else page.begin(name, tag[3])
        elif name in _LINES:
            page.add("\n")
    page.add(html.unescape(shown[at:]))
    return _tidy(page.text())


def _without_comments(source: str) -> str:
    parts, at = [], 0
    while (start := source.find("<!--", at)) >= 0:
        parts.append(source[at:start])
        end = source.find("-->", start)
        if end < 0:
            return "".join(parts)
        at = end + 3
    return "".join([*parts, source[at:]])


def _without(source: str) -> str:
    """Each element is cut out from its first tag to its end; one that never ends hides the rest."""
    for name in _UNSEEN:
        opening, closing = re.compile(rf"<{name}\b[^<>]*>", re.IGNORECASE), re.compile(rf"</{name}\s*>", re.IGNORECASE)
        parts, at = [], 0
        while found := opening.search(source, at):
            parts.append(source[at : found.start()])
            end = closing.search(source, found.end())
            at = end.end() if end else len(source)
        source = " ".join([*parts, source[at:]])
    return source


def _tidy(text: str) -> str:
    """No blanks around a line; a row keeps its empty cells, and what stands in a cell in several lines is one."""
    lines = (re.sub(r"[ \xa0\u3000]+", " ", line).strip(" ") for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip())
