"""What does a cell say, as a batch takes it? One small reader a kind of cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from msgspec import UNSET

from milestones.batch.rows import Given
from milestones.workdays.periods import FuzzyDate

from ..sheets.values import Day, Odd, Value
from . import dates
from .names import Names, folded
from .refused import Rejected

TOO_LONG = (
    "（过长，未导出；此格勿改 · too long, not exported; leave this cell）"  # stands for a text that no cell holds
)


@dataclass
class Around:
    """What the cells of one row are read with: whose names, and in which plan, if that is known."""

    names: Names
    plan: str | None = None

    @property
    def year(self) -> int | None:
        plan = self.names.plans.get(self.plan or "")
        return plan.year if plan else None


Reader = Callable[[Value, Around], Any]


def text(cell: Value, _around: Around) -> Any:
    """An empty cell is the empty text."""
    found = plain(cell)
    return UNSET if found == TOO_LONG else found


def plain(cell: Value) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case float():
            return repr(cell)
        case Day(on, precision):
            return str(FuzzyDate(on, precision)) if precision == "day" else f"{on:%Y-%m}"
        case Odd("formula"):
            raise Rejected("formula", _("A formula stands here; replace it by its value (paste as values)."))
        case Odd():
            raise Rejected("error", _("An error of Excel (%(value)s) stands here; type the value."), value=cell.shown)
    return str(cell)


def code(cell: Value, _around: Around) -> Any:
    """Nothing said when it is empty: it stays, or one is given."""
    return plain(cell).strip() or UNSET


def needed(cell: Value, around: Around) -> Any:
    found = text(cell, around)
    if found is not UNSET and not found.strip():
        raise Rejected("missing", _("This is needed."))
    return found


def key(cell: Value, _around: Around) -> Any:
    found = plain(cell).strip()
    if not found:
        return UNSET
    try:
        return UUID(found)
    except ValueError:
        message = _("“%(value)s” is no key; restore it from the export, or empty it to be matched by plan and code.")
        raise Rejected("key", message, value=found[:80]) from None


def whole(cell: Value, _around: Around) -> Any:
    found = plain(cell).strip()
    if not found:
        return UNSET
    if not (found.isascii() and found.isdecimal() and len(found) < 10):
        raise Rejected("number", _("“%(value)s” is no whole number."), value=found[:80])
    return int(found)


def date(cell: Value, around: Around) -> Given | None:
    if isinstance(cell, Odd):
        plain(cell)
    found = dates.read(cell, around.year)
    return Given(found.on, str(found.precision)) if found else None


def needed_date(cell: Value, around: Around) -> Given:
    found = date(cell, around)
    if found is None:
        raise Rejected("missing", _("This is needed."))
    return found


def plan(cell: Value, around: Around) -> Any:
    found = plain(cell).strip()
    return around.names.plan(found) if found else UNSET


def stream(cell: Value, around: Around) -> Any:
    found = plain(cell).strip()
    if not found:
        raise Rejected("missing", _("This is needed."))
    return around.names.stream(around.plan, found)


def unit(cell: Value, around: Around) -> str | None:
    found = plain(cell).strip()
    return around.names.unit(found) if found else None


def person(cell: Value, around: Around) -> str | None:
    found = plain(cell).strip()
    return around.names.person(found) if found else None


def parent(cell: Value, _around: Around) -> str | None:
    return plain(cell).strip() or None


def choice(of: type[TextChoices]) -> Reader:
    """A word of ours in any of our languages, or the code itself."""

    def read(cell: Value, _around: Around) -> Any:
        found = plain(cell).strip()
        if not found:
            raise Rejected("missing", _("This is needed."))
        words = words_of(of)
        if (value := words.get(folded(found))) is None:
            message = _("“%(value)s” is not known here; use one of: %(allowed)s.")
            allowed = ", ".join(str(label) for label in of.labels)
            raise Rejected("choice", message, value=found[:80], allowed=allowed)
        return value

    return read


@cache
def words_of(of: type[TextChoices]) -> Mapping[str, str]:
    found = {folded(value): value for value in of.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {folded(str(label)): value for value, label in of.choices}
    return found
