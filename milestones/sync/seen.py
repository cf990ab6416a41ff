"""How are a hundred objects read as a reader sees them, again and again, without making the same query anew?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from milestones.shapes import SHAPES
from milestones.shapes.sql import Keys, keys_of

from . import kept
from .reader import Reader


def seen(reader: Reader, entity: str, ids: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
    """Id → version and data, of those that the reader sees."""
    asked = kept.prepared((entity, reader.rights), lambda: _rows(reader, entity))
    return {pk: (version, data) for pk, version, data in SHAPES[entity].of_keys(asked, keys_of(ids), reader.shown)}


def _rows(reader: Reader, entity: str) -> QuerySet[Any, Any]:
    rows = reader.rows_of(entity).filter(pk__any_key=Keys("keys"))
    return SHAPES[entity].asked(rows, reader.shown, "pk", "version")
