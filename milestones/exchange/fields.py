"""Which values may stand in a plan file's keys? One small reader a kind of value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from milestones.exchange.problems import Rejected
from milestones.models import normal_email
from milestones.workdays.periods import FuzzyDate, NotPeriodEnd, Precision

Reader = Callable[[Any], Any]

FIRST_YEAR, LAST_YEAR = 2000, 2100
_CODE = re.compile(r"[^\s/,，]+")
_TYPES = {str: _("text in quotes"), int: _("a whole number"), list: _("a list in [ ]"), dict: _("a table in { }")}


@dataclass(frozen=True)
class Field:
    """A key: how its value is read, and whether a row may do without it."""

    name: str
    read: Reader
    required: bool = False


def text(longest: int, *, lines: bool = False) -> Reader:
    """Trimmed text of at most `longest` characters, on one line unless `lines`; control characters are refused."""

    def read(value: Any) -> str:
        trimmed = unicodedata.normalize("NFC", _typed(value, str)).strip()
        if len(trimmed) > longest:
            message = _("%(length)d characters are too many; at most %(longest)d fit.")
            raise Rejected("too-long", message, length=len(trimmed), longest=longest)
        allowed = "\n\t" if lines else ""
        if any(unicodedata.category(mark) in ("Cc", "Cs") and mark not in allowed for mark in trimmed):
            raise Rejected("characters", _("Line breaks and control characters do not belong here; remove them."))
        return trimmed

    return read


def code(longest: int) -> Reader:
    """A code: not empty, without spaces, slashes and commas."""
    read_text = text(longest)

    def read(value: Any) -> str:
        found = read_text(value)
        if not _CODE.fullmatch(found):
            raise Rejected("code", _("“%(value)s” is not a code; use letters, digits and hyphens."), value=found)
        return str(found)

    return read


def choice(words: Iterable[str]) -> Reader:
    """One of some plain words."""
    allowed = tuple(words)

    def read(value: Any) -> str:
        found = _typed(value, str)
        if found not in allowed:
            message = _("“%(value)s” is not known here; use one of: %(allowed)s.")
            raise Rejected("choice", message, value=found, allowed=", ".join(allowed))
        return found

    return read


def choices(words: Iterable[str]) -> Reader:
    """A list of some plain words, each once."""
    read_one = choice(words)

    def read(value: Any) -> tuple[str, ...]:
        found = tuple(read_one(word) for word in _typed(value, list))
        if len(set(found)) != len(found):
            raise Rejected("duplicate", _("A word stands twice in this list; keep it once."))
        return found

    return read


def filled(inner: Reader) -> Reader:
    """What `inner` reads, and not empty."""

    def read(value: Any) -> Any:
        found = inner(value)
        if found == "":
            raise Rejected("empty", _("This must not be empty."))
        return found

    return read


def email(value: Any) -> str:
    """A deliverable address, in its normal form (trimmed, NFKC)."""
    found = normal_email(text(254)(value))
    try:
        validate_email(found)
    except ValidationError:
        raise Rejected("email", _("“%(value)s” is not an e-mail address."), value=found) from None
    return found


def time_zone(value: Any) -> str:
    """An IANA name."""
    found = _typed(value, str)
    if found not in available_timezones():
        raise Rejected("time-zone", _("“%(value)s” is not a time zone; write for example Asia/Shanghai."), value=found)
    return found


def year(value: Any) -> int:
    """A year the tool can plan in."""
    found = _typed(value, int)
    if not FIRST_YEAR <= found <= LAST_YEAR:
        message = _("%(value)d is out of range; use a year from %(first)d to %(last)d.")
        raise Rejected("range", message, value=found, first=FIRST_YEAR, last=LAST_YEAR)
    return found


def day(value: Any) -> date:
    """A TOML local date, without quotes and without a time."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Rejected("type", _("Write a day like 2023-12-31, without quotes and without a time."))
    year(value.year)
    return value


def number(value: Any) -> Decimal:
    """A number, or one in quotes, of at most 14 digits before and 4 after the point."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Rejected("type", _("Write a number like 20 or 12.5."))
    plain = str(value).strip()
    if not re.fullmatch(r"[+-]?\d{1,14}(\.\d{1,4})?", plain, re.ASCII):
        message = _("“%(value)s” does not fit; write a number of at most 14 digits before and 4 after the point.")
        raise Rejected("number", message, value=plain)
    return Decimal(plain)


def due(value: Any) -> FuzzyDate:
    """`{ on = 2023-12-31, precision = "year" }`, where `on` is the last calendar day of its period."""
    found = _typed(value, dict)
    for key in found.keys() - {"on", "precision"}:
        raise Rejected("unknown-key", _("“%(key)s” is not known here; known are: on, precision."), key, key=key)
    for key in ("on", "precision"):
        if key not in found:
            raise Rejected(
                "missing", _('“%(key)s” is missing; write due = { on = 2023-12-31, precision = "year" }.'), key, key=key
            )
    on, precision = _below("on", day, found["on"]), _below("precision", choice(Precision), found["precision"])
    try:
        return FuzzyDate(on, Precision(precision))
    except NotPeriodEnd as error:
        message = _("%(on)s does not end its period; the last day of that %(precision)s is %(right)s.")
        raise Rejected("period-end", message, "on", on=on, precision=precision, right=error.right_day) from None


def span(value: Any) -> tuple[int, int]:
    """`[start, end]`: character positions in the source, start < end."""
    found = _typed(value, list)
    if len(found) != 2 or any(isinstance(at, bool) or not isinstance(at, int) for at in found):
        raise Rejected("type", _("Write two whole numbers: [start, end]."))
    start, end = found
    if not 0 <= start < end <= 2**31 - 1:
        raise Rejected(
            "span",
            _("%(start)d–%(end)d is no piece of text; start counts from 0 and is less than end."),
            start=start,
            end=end,
        )
    return start, end


def _typed(value: Any, kind: type) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Rejected("type", _("This must be %(kind)s."), kind=_TYPES[kind])
    return value


def _below(name: str, read: Reader, value: Any) -> Any:
    try:
        return read(value)
    except Rejected as error:
        raise Rejected(error.rule, error.message, name, **error.params) from None
