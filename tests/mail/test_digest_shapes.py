"""Are a digest's words filled into its shape as the templates and the inliner would have written them?"""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from milestones.mail import render
from milestones.mail.digest_shapes import LOOKS, ROW, WORDS, Line, Shape, body

BASE = "https://milestones.example"
HOSTILE = "<b>x</b> & &amp; \"q\" 'a' \u00a0 %(name)s %s {{ name }} \ue000title\ue001 </td></tr></table><!-- c -->"
# What no form and no database takes: half a character, and NUL.
texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30) | st.just(HOSTILE)
addresses = st.from_regex(r"https://m\.example/(%[0-9A-F]{2}|[a-z•=&])*", fullmatch=True)
line_texts = {
    **dict.fromkeys(ROW, texts),
    "url": addresses,
    "report_url": st.just("") | addresses,
    "extension_url": st.just("") | addresses,
    "health": st.sampled_from(["", "green", "yellow", "red"]),
    "button": st.sampled_from(["go", "go main"]),
}


@st.composite
def digests(draw: Any) -> tuple[Shape, dict[str, str], list[Line]]:
    groups = draw(st.lists(st.sampled_from(["overdue", "today", "soon", "pace"]), min_size=1, unique=True))
    language = draw(st.sampled_from(["zh-hans", "en"]))
    kind = draw(st.sampled_from(["digest", "due_today"]))
    lines = [
        (group, draw(st.fixed_dictionaries(line_texts))) for group in groups for _ in range(draw(st.integers(1, 3)))
    ]
    shape = Shape(kind, language, BASE, tuple(groups), draw(st.booleans()), draw(st.booleans()))
    return shape, draw(st.fixed_dictionaries(dict.fromkeys(WORDS, texts))), lines


@given(digests())
def test_what_is_filled_in_is_what_would_have_been_rendered(made: tuple[Shape, dict[str, str], list[Line]]) -> None:
    shape, words, lines = made
    with translation.override(shape.language):
        text, html = body(shape, words, lines)
        assert text == render.rendered(f"{shape.kind}-body.txt", _context(shape, words, lines))
        assert html == render.inlined(render.rendered(f"{shape.kind}-body.html", _context(shape, words, lines)))


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_a_line_ends_in_html_as_a_reader_of_it_takes_it(end: str) -> None:
    line = dict.fromkeys(ROW, "") | {"title": f"a{end}b", "button": "go"}
    with translation.override("en"):
        _text, html = body(
            Shape("digest", "en", BASE, ("soon",), True, False), dict.fromkeys(WORDS, ""), [("soon", line)]
        )
    assert ">a\nb</a>" in html


def test_styles_hang_on_how_a_line_looks() -> None:
    assert set(LOOKS) < set(ROW)
    seen = set()
    for health in ("green", "yellow", "red"):
        line = dict.fromkeys(ROW, "x") | {"health": health, "button": "go main"}
        with translation.override("en"):
            shape = Shape("digest", "en", BASE, ("overdue",), True, False)
            _text, html = body(shape, dict.fromkeys(WORDS, ""), [("overdue", line)])
        seen.add(html.partition(f'<b class="is-{health}" style="')[2].partition('"')[0])
        assert '<a class="go main" href="x" style="' in html
    assert len(seen - {""}) == 3


def _context(shape: Shape, words: dict[str, str], lines: list[Line]) -> dict[str, Any]:
    """As if nothing were kept: every text goes through the templates."""
    items: dict[str, list[dict[str, str]]] = {group: [] for group in shape.groups}
    for group, line in lines:
        row = {"item": line}
        said = {"row_text": render.rendered("digest-row.txt", row), "row_html": render.rendered("digest-row.html", row)}
        items[group].append({**line, **said})
    return {
        **render.base(shape.language),
        **words,
        "person": {"display_name": words["name"]},
        "groups": [{"key": group, "items": some} for group, some in items.items()],
        "is_working": shape.is_working,
        "more": shape.more,
        "more_url": f"{shape.base_url}/",
    }
