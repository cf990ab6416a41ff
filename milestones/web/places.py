"""Where are the rows behind a number?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import conditional_escape, escape, format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _


def rows(**filters: Any) -> str:
    """The ledger's address: `rows(plan="lingang-2023", health="red")`; a list gives a name several values."""
    return f"{reverse('ledger')}?{urlencode(filters, doseq=True)}"


def linked(number: Any, url: str) -> SafeString:
    """A number that leads to its rows; 0 leads nowhere."""
    return format_html('<a href="{}">{}</a>', url, number) if number else format_html("<b>{}</b>", number)


def sentence(words: str, **values: Any) -> SafeString:
    """A translated text whose values may be links; all else is escaped."""
    return mark_safe(str(escape(words)) % {name: conditional_escape(value) for name, value in values.items()})  # noqa: S308


def listed(parts: Sequence[SafeString]) -> SafeString:
    """One after another, as a sentence lists them."""
    found = parts[0]
    for one in parts[1:]:
        found = sentence(_("%(first)s, %(next)s"), first=found, next=one)
    return found
