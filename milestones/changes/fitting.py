"""Does what a verb is about to write fit its columns, on either database?

Forms ask the same for their own sake. PostgreSQL would answer with a DataError, SQLite keeps whatever it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from milestones.errors import RuleBroken
from milestones.models.base import date_of

LONGEST_TEXT = 50_000  # of a column without a length of its own: a published plan fits, a book does not
# Working days are counted forth and back from a date, which must not run out of the calendar.
YEARS = range(1900, 2200)
DIGITS = 15  # of a decimal: what SQLite's REAL gives back as it was

Check = Callable[[str, Any], None]
_NO_CHARACTER = re.compile("[\x00\ud800-\udfff]")


def check(model: type[models.Model], columns: Mapping[str, Any], reason: str = "") -> None:
    """Raise RuleBroken, naming the field, for the first value that its column would not hold as it is."""
    known = _checks(model)
    for name, value in columns.items():
        if name in known:
            known[name](value)
    if reason:
        _text("reason", reason, LONGEST_TEXT)


@cache
def _checks(model: type[models.Model]) -> dict[str, Callable[[Any], None]]:
    """By name and by attribute name; none for what other rows or verbs answer for (keys, relations, documents)."""
    found: dict[str, Callable[[Any], None]] = {}
    for field in model._meta.concrete_fields:
        one = partial(_of(field), date_of(model, field.name) or field.name)
        found |= {field.name: one, field.attname: one}
    return found


def _of(field: Any) -> Check:
    if field.primary_key or isinstance(field, models.JSONField | models.ForeignKey):
        return _present if not field.null and not field.primary_key else _anything
    inner = _text_of(field) if isinstance(field, models.CharField | models.TextField) else _plain_of(field)

    def one(name: str, value: Any) -> None:
        if value is None and field.null:
            return
        _present(name, value)
        inner(name, value)

    return one


def _anything(name: str, value: Any) -> None:
    return None


def _present(name: str, value: Any) -> None:
    if value is None:
        raise RuleBroken(_("This is needed."), field=name, code="missing")


def _text_of(field: Any) -> Check:
    longest = field.max_length or LONGEST_TEXT
    choices = frozenset(value for value, _label in field.flatchoices)

    def one(name: str, value: Any) -> None:
        if choices and value not in choices and not (field.blank and value == ""):
            raise RuleBroken(_("“%(value)s” is none of the choices.") % {"value": value}, field=name, code="choice")
        _text(name, value, longest)

    return one


def check_code(columns: Mapping[str, Any]) -> None:
    """A code that is new stands in addresses and, after its plan's, in references (plan/code); those that are there
    already stay."""
    code = columns.get("code")
    if isinstance(code, str) and ("/" in code or code in (".", "..")):
        message = _("A code holds no “/” and is not “.” or “..”: it stands in addresses. Write “-” instead.")
        raise RuleBroken(message, field="code", code="slash")


def _text(name: str, value: Any, longest: int) -> None:
    text = str(value)
    if len(text) > longest:
        message = _("This has %(length)s characters; at most %(longest)s fit.")
        raise RuleBroken(message % {"length": len(text), "longest": longest}, field=name, code="too_long")
    if _NO_CHARACTER.search(text):
        raise RuleBroken(_("This holds a character that is none; type it anew."), field=name, code="character")


def _plain_of(field: Any) -> Check:
    """Numbers, days, instants: of the column's type, and within its bounds and digits."""

    def one(name: str, value: Any) -> None:
        try:
            given = field.to_python(value)
            field.run_validators(given)
        except ValidationError as error:
            raise RuleBroken(" ".join(error.messages), field=name, code="bounds") from error
        if isinstance(given, Decimal) and len(given.normalize().as_tuple().digits) > DIGITS:
            message = _("At most %(most)s digits are kept of a number; round it.")
            raise RuleBroken(message % {"most": DIGITS}, field=name, code="bounds")
        if isinstance(given, date) and given.year not in YEARS:
            message = _("%(year)s is no year of a plan; give one from %(first)s to %(last)s.")
            said = {"year": given.year, "first": YEARS[0], "last": YEARS[-1]}
            raise RuleBroken(message % said, field=name, code="bounds")

    return one
