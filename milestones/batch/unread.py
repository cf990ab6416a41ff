"""What is wrong with a row that cannot be read, where in it, in the reader's words?"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from milestones.errors import RuleBroken

# Of the contract's shape, but not written: they follow, or move by verbs.
READ_ONLY = frozenset(
    "id version state health health_reason baseline actual statement created_at updated_at plan_id workstream_id"
    " accountable_id lead_id parent_id submitted_by submitted_at verified_by verified_at carried_from".split()
)
_PLACE = re.compile(r" - at `(?:key in )?\$?(?P<path>[^`]*)`$")
_NAME = re.compile(r"Object (?P<how>contains unknown|missing required) field `(?P<name>[^`]*)`")
_WANTED = re.compile(r"Expected `(?P<kind>\w+)")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_WORDS = {
    "str": _("A text is expected here."),
    "int": _("A whole number is expected here."),
    "date": _("A day is expected, such as 2023-06-30."),
    "array": _("A list is expected here."),
    "object": _("An object is expected here."),
}


def refusal(error: Exception) -> RuleBroken:
    """msgspec says it in English, with the place at the end; the first fault only."""
    if not isinstance(error, msgspec.ValidationError):
        return RuleBroken(_("This is no JSON in UTF-8: %(fault)s.") % {"fault": error}, code="malformed")
    text = str(error)
    place = _PLACE.search(text)
    path = [name or number for name, number in _STEP.findall(place["path"])] if place else []
    if found := _NAME.match(text):
        return _of_a_name([*path, found["name"]], found["how"])
    wanted = _WANTED.match(text)
    kind = "date" if "date" in text.lower() else wanted["kind"] if wanted else ""
    return _at(path, "type", _WORDS.get(kind, _("Another type of value is expected here.")))


def _of_a_name(path: list[str], how: str) -> RuleBroken:
    if how.startswith("missing"):
        return _at(path, "missing", _("This is needed."))
    if len(path) == 1 and path[0] in READ_ONLY:
        return _at(path, "read_only", _("This is not written here; leave it out."))
    return _at(path, "unknown_field", _("There is no such field."))


def _at(path: list[str], code: str, words: Any) -> RuleBroken:
    return RuleBroken(words, field=".".join(path) or None, code=code)
