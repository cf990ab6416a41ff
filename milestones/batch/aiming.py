"""Which milestone does each row mean, and is it meant by that row alone?"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec
from django.utils.translation import gettext_lazy as _

from milestones.errors import Duplicate, RuleBroken

from .match import Found, Stored
from .results import SameKey
from .rows import Keyed, Row


class Aimed(msgspec.Struct, frozen=True, gc=False):
    """A row by its number, and the milestone that it means; None for one that is to be made. `by_ref`: its ref is
    known, so it brings none."""

    index: int
    row: Row
    stored: Stored | None
    by_ref: bool


def check_no_key_twice(numbers: Sequence[int], found: Found) -> None:
    """Raise SameKey for the first two rows that mean one milestone, by whatever keys. `numbers` are the rows'."""
    for keys in (found.own, found.places, [pk.int if pk else None for pk in found.meant]):
        given = [key for key in keys if key is not None]
        if len(set(given)) != len(given):
            _tell_twice(numbers, keys)


def aim(index: int, row: Row, pk: uuid.UUID | None, by_ref: bool, found: Found) -> Aimed:
    """`pk` is what the row means. Raises RuleBroken, Duplicate."""
    if pk is None:
        _check_key(row)
        return Aimed(index, row, None, by_ref)
    stored = found.stored.get(pk.int)
    if stored is None and isinstance(row, Keyed) and row.id:
        words = _(
            "No milestone here has this key: it was deleted, or the file is from elsewhere. Empty the key to go on."
        )
        raise RuleBroken(words, field="id", code="unknown_key")
    if stored is None:  # somewhere that the actor does not see
        raise Duplicate(_("This is already taken; choose another."), field="ref" if by_ref else "code")
    return Aimed(index, row, stored, by_ref)


def _check_key(row: Row) -> None:
    if isinstance(row, Keyed):  # of a file: a row without any key is a new milestone, and gets a code
        return
    if not row.ref and row.codes is None:
        words = _("Say which milestone is meant: give a ref, or plan and code.")
        raise RuleBroken(words, field="ref", code="missing")
    if row.ref and not (row.ref.system and row.ref.id):
        raise RuleBroken(_("This is needed."), field="ref.id" if row.ref.system else "ref.system", code="missing")


def _tell_twice(numbers: Sequence[int], keys: Sequence[Any]) -> NoReturn:
    first: dict[Any, int] = {}
    for number, key in zip(numbers, keys, strict=True):
        if key is not None and first.setdefault(key, number) != number:
            raise SameKey(first[key], number)
    raise AssertionError
