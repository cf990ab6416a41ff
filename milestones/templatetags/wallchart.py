"""How is a lane of the wall chart written as SVG? In Python: a large plan has thousands of marks."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape  # Django's also looks for lazy and safe texts, which these are not
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

register = template.Library()

LANE = '<svg class="lane" role="img"><title>{title}</title><use href="#wall-ground"/>{inside}</svg>'


@register.simple_tag
def lane(drawn: Any) -> SafeString:
    """The four dates of a row, with the sentence that says the same."""
    shown = drawn.lane
    parts = [*_span(shown.span), *_pieces(drawn.links)]
    parts += [f'<line class="{line.css}" x1="{line.x1}%" x2="{line.x2}%" y1="50%" y2="50%"/>' for line in shown.lines]
    parts += [f'<use href="#w-{mark.name}" x="{mark.x}%" y="50%"/>' for mark in shown.marks]
    parts += [_label(label) for label in shown.labels]
    return _svg(drawn.row.sentence, parts)


@register.simple_tag
def group_lane(group: Any, title: str) -> SafeString:
    """Of a workstream: what runs through it, and a bar a month when its rows are not shown."""
    parts = _pieces(group.links)
    for bar in group.bars:
        parts += [_bar("month-due", bar, bar.height), _bar("month-late", bar, bar.late)]
    return _svg(_("; ").join([title, *(bar.label for bar in group.bars)]), parts)


def _bar(css: str, bar: Any, height: float) -> str:
    place = f'x="{bar.x}%" width="{bar.width}%" y="{round(100 - height, 1)}%" height="{height}%"'
    return f'<rect class="{css}" {place}><title>{escape(bar.label)}</title></rect>'


def _svg(title: str, parts: Iterable[str]) -> SafeString:
    return SafeString(LANE.format(title=escape(title), inside="".join(parts)))


def _span(span: tuple[float, float] | None) -> list[str]:
    if span is None:
        return []
    return [f'<rect class="fuzzy-span" x="{span[0]}%" width="{span[1]}%" y="28%" height="44%"/>']


def _label(label: Any) -> str:
    css = f"{label.css} end" if label.is_end else label.css
    return f'<text class="{css}" x="{label.x}%" y="50%">{escape(label.text)}</text>'


def _pieces(pieces: Sequence[Any]) -> list[str]:
    found = []
    for piece in pieces:
        css = "depends against" if piece.is_against else "depends"
        found.append(f'<line class="{css}" x1="{piece.x1}%" y1="{piece.y1}%" x2="{piece.x2}%" y2="{piece.y2}%"/>')
        if piece.is_head:
            head = "w-head-back" if piece.is_against else "w-head"
            found.append(f'<use class="{css}" href="#{head}" x="{piece.x2}%" y="{piece.y2}%"/>')
    return found
