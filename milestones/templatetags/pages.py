"""How do pages draw a date, a mark, a title in the reader's language?"""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from milestones import wording
from milestones.workdays.periods import FuzzyDate

register = template.Library()
HAN = re.compile("[\u3400-\u9fff]")
# Chinese, with the single words and figures inside it: 2023年度要点, 跨境 LNG 加注（12 万吨）.
OWN = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’"
RUN = re.compile(f"[A-Za-z0-9]*[{OWN}]+(?: ?[A-Za-z0-9.%/-]+ ?[{OWN}]+)*")


@register.simple_tag
def when(value: FuzzyDate | None, year: int | None = None) -> SafeString:
    """A day as a day; a fuzzy date in a dashed box, with the day it counts as one step away. Empty for None."""
    if value is None:
        return SafeString("")
    said = wording.period(value, year=year)
    if not value.is_fuzzy:
        return format_html('<time datetime="{}">{}</time>', value.on.isoformat(), said)
    return format_html('<span class="fuzzy" title="{}">{}</span>', wording.period_with_day(value, year=year), said)


@register.simple_tag
def mark(fact: Any) -> SafeString:
    """The shape of a fact; its word stands beside it or in the link that holds it."""
    return format_html(
        '<svg class="health-mark" viewBox="0 0 16 16" aria-hidden="true"><use href="#m-{}"/></svg>', str(fact)
    )


@register.simple_tag
def fact(value: Any) -> SafeString:
    """Shape and word of a fact."""
    return format_html('<span class="fact fact-{}">{}{}</span>', str(value), mark(value), value.label)


@register.simple_tag
def health(value: Any) -> SafeString:
    """Shape and word of a milestone's stored health; empty where there is none."""
    if not value.health:
        return SafeString("")
    word = value.get_health_display()
    return format_html('<span class="health health-{}">{}{}</span>', value.health, mark(value.health), word)


@register.filter
def titled(value: Any) -> str:
    """The title or name in the reader's language, where there is one."""
    names = ("title", "name")
    english = next((getattr(value, f"{name}_en", "") for name in names if hasattr(value, name)), "")
    own = next((getattr(value, name) for name in names if hasattr(value, name)), "")
    return str(english if english and (get_language() or "").startswith("en") else own)


@register.simple_tag
def stands(value: Any) -> SafeString:
    """How a row stands: its health, or what is plainly true of it where nobody judges its health."""
    return health(value) if value.health else fact(value.fact)


@register.filter
def spoken(text: Any) -> SafeString:
    """Chinese that stands in a page of another language says so to whoever reads it aloud; words around it do not."""
    said = conditional_escape(str(text))
    if (get_language() or "").startswith("zh") or not HAN.search(said):
        return said
    if "<" in said:
        return format_html('<span lang="zh">{}</span>', said)
    return SafeString(RUN.sub(_marked, said))


def _marked(run: re.Match[str]) -> str:
    return f'<span lang="zh">{run[0]}</span>' if HAN.search(run[0]) else run[0]
