"""How do thirty lines of a digest cost little more than one?

The template of a line is rendered once for each shape that a line can have, with marks where its texts will stand; each
line fills them. What a template looks up and escapes one by one is most of what a digest costs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape

from django.template import loader
from django.utils.safestring import SafeString, mark_safe

MARK = re.compile("\ue000(\\w+)\ue001")  # characters for private use, which no template holds


def row(template: str, language: str, line: Mapping[str, str]) -> SafeString:
    """`emails/TEMPLATE` with `item` as `line`, in `language`, which is the active one. An empty text counts as none: it
    is what `{% if item.… %}` asks for. In HTML the texts are escaped."""
    pieces = _pieces(template, language, frozenset(name for name, text in line.items() if text))
    quoted: Callable[[str], str] = escape if template.endswith(".html") else str
    filled = (quoted(line[piece]) if odd else piece for odd, piece in pieces)
    return mark_safe("".join(filled))  # noqa: S308 - escaped here


@lru_cache(maxsize=256)
def _pieces(template: str, language: str, shape: frozenset[str]) -> tuple[tuple[bool, str], ...]:
    """What the template says, and between it the names of the texts to fill in."""
    marks = {name: mark_safe(f"\ue000{name}\ue001") for name in shape}  # noqa: S308 - no text of anybody's
    said = loader.get_template(f"emails/{template}").render({"item": _Line(marks)})
    return tuple((index % 2 == 1, piece) for index, piece in enumerate(MARK.split(said)))


class _Line(dict[str, str]):
    """What a line does not say is empty."""

    def __missing__(self, name: str) -> str:
        return ""
