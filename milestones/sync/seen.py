"""How are a hundred objects read as a reader sees them, again and again, without making the same query anew?"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from milestones.models.prepared import Prepared
from milestones.shapes import SHAPES
from milestones.shapes.sql import Keys, keys_of

from .reader import Reader

MOST = 500  # statements that are kept: readers with the same rights share theirs

_made: dict[tuple[str, str], Prepared] = {}


def seen(reader: Reader, entity: str, ids: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
    """Id → version and data, of those that the reader sees."""
    key = (entity, reader.rights)
    if (statement := _made.get(key)) is None:
        if len(_made) >= MOST:
            _made.clear()
        statement = _made[key] = _make(reader, entity)
    rows = SHAPES[entity].of_keys(statement, keys_of(ids), reader.shown)
    return {pk: (version, data) for pk, version, data in rows}


def _make(reader: Reader, entity: str) -> Prepared:
    rows = reader.rows_of(entity).filter(pk__any_key=Keys("keys"))
    return Prepared(lambda: SHAPES[entity].asked(rows, reader.shown, "pk", "version"))
