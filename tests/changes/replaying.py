"""What does an object look like when nothing but its change entries is known?"""

from __future__ import annotations

from typing import Any

from milestones.changes import record
from milestones.models import ChangeEntry
from milestones.models.base import Versioned


def entries(obj: Versioned) -> list[ChangeEntry]:
    return list(ChangeEntry.objects.of(obj).order_by("id"))


def replayed(obj: Versioned) -> dict[str, Any]:
    """The recorded columns, built up entry by entry; each entry must begin where the one before ended."""
    known: dict[str, Any] = {}
    for number, entry in enumerate(entries(obj), start=1):
        assert entry.version == number
        for column, (old, new) in entry.changes.items():
            assert (known.get(column) or None) == (old or None), (entry.verb, column)
            known[column] = new
    return {column: known.get(column) for column in record.recorded_fields(type(obj))}


def present(obj: Versioned) -> dict[str, Any]:
    """The recorded columns as stored now; what was empty when it was created is not recorded."""
    row = type(obj)._default_manager.get(pk=obj.pk)
    return {column: record.plain(getattr(row, column)) for column in record.recorded_fields(type(obj))}


def alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Null and the empty text are one value here."""
    return {k: None if v == "" else v for k, v in one.items()} == {k: None if v == "" else v for k, v in other.items()}
