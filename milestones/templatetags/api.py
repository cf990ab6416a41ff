"""How does a page show the words of the API's description?"""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def marked(text: str) -> SafeString:
    """What stands between `backticks` as code; paragraphs follow one another as lines."""
    pieces = re.split(r"`([^`]*)`", text.replace("\n\n", " "))
    shown = ((format_html("<code>{}</code>", piece) if at % 2 else piece,) for at, piece in enumerate(pieces))
    return format_html_join("", "{}", shown)
