"""Which milestone does each row mean, and is it meant by that row alone?"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.errors import Duplicate, RuleBroken

from .match import Found
from .results import SameKey
from .rows import Row

Numbered = tuple[int, Row]


def check_no_key_twice(rows: Sequence[Numbered], found: Found) -> None:
    """Raise SameKey for the first two rows that mean one milestone, by whatever keys."""
    keys: tuple[Callable[[Row], Hashable], ...] = (
        lambda row: row.ref.key if row.ref else None,
        lambda row: row.codes,
        lambda row: _meant(row, found),
    )
    for key in keys:
        _check_once((index, key(row)) for index, row in rows)


def aim(row: Row, found: Found) -> uuid.UUID | None:
    """The milestone that a row means, None for one that is to be made. Raises RuleBroken, Duplicate."""
    if not row.ref and row.codes is None:
        words = _("Say which milestone is meant: give a ref, or plan and code.")
        raise RuleBroken(words, field="ref", code="missing")
    if row.ref and not (row.ref.system and row.ref.id):
        raise RuleBroken(_("This is needed."), field="ref.id" if row.ref.system else "ref.system", code="missing")
    pk = _meant(row, found)
    if pk is not None and pk not in found.stored:  # somewhere that the actor does not see
        by_ref = row.ref and found.refs.get(row.ref.key) == pk
        raise Duplicate(_("This is already taken; choose another."), field="ref" if by_ref else "code")
    return pk


def _meant(row: Row, found: Found) -> uuid.UUID | None:
    """By its ref where that is known, else by plan and code."""
    pk = found.refs.get(row.ref.key) if row.ref else None
    if pk is None and (codes := row.codes) is not None:
        return found.codes.get(codes)
    return pk


def _check_once(keys: Iterable[tuple[int, Any]]) -> None:
    first: dict[Any, int] = {}
    for index, key in keys:
        if key is not None and first.setdefault(key, index) != index:
            raise SameKey(first[key], index)
