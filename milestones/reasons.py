"""Why did the system do something of its own accord? Kept as a code with its values, said in the reader's language.

A stored reason reads `@report {"day": "2023-09-21"}`. Whatever else stands in its place was written by somebody, or
before reasons had codes, and is said as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from milestones import wording

SENTENCES: Mapping[str, Any] = {
    "report": _("Report as of %(day)s"),
    "extension_approved": _("Extension approved"),
    "milestone_ended": _("Ended with the milestone, which was completed or cancelled"),
    "import_undone": _("The import of “%(file)s” was undone."),
    "left_long_ago": _("left more than %(days)s days ago"),
    "taken_back": _("taken back while reporting"),
}
CODED = re.compile(r"@(\w+) (\{.*\})", re.DOTALL)


def coded(code: str, **values: Any) -> str:
    """What is stored."""
    assert code in SENTENCES
    return f"@{code} {json.dumps(values, ensure_ascii=False, default=str)}"


def said(reason: str) -> str:
    """In the language that is spoken now."""
    reason = str(reason)
    found = CODED.fullmatch(reason)
    if found is None or found[1] not in SENTENCES:
        return reason
    try:
        return str(SENTENCES[found[1]]) % _words(json.loads(found[2]))
    except (ValueError, KeyError, TypeError):  # somebody typed what only looks like one
        return reason


def _words(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: wording.day(date.fromisoformat(value)) if name == "day" else value for name, value in values.items()}


later = lazy(said, str)  # in the language of whoever reads it: for a letter that is rendered for somebody else
