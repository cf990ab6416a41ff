"""How are a hundred objects read as a reader sees them, again and again, without making the same query anew?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from milestones.shapes import SHAPES

from .reader import Reader

# The keys of the objects stand in one parameter; in a statement that was made before, this stands in their place.
PLACE = "keys"
MOST = 500  # statements that are kept: readers with the same rights share theirs


@dataclass(frozen=True)
class _Statement:
    """SQL with its parameters, for one entity and one set of rights; making it takes as long as running it."""

    sql: str
    params: tuple[Any, ...]
    at: int

    def run(self, ids: Iterable[UUID]) -> list[tuple[Any, ...]]:
        between = '","' if connection.vendor == "sqlite" else ","
        params = list(self.params)
        params[self.at] = params[self.at].replace(PLACE, between.join(pk.hex for pk in ids))
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return list(cursor.fetchall())


_made: dict[tuple[str, str], _Statement] = {}


def seen(reader: Reader, entity: str, ids: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
    """Id → version and data, of those that the reader sees."""
    key = (entity, reader.rights)
    if (statement := _made.get(key)) is None:
        if len(_made) >= MOST:
            _made.clear()
        statement = _made[key] = _make(reader, entity)
    rows = SHAPES[entity].told(statement.run(ids), reader.shown)
    return {pk if isinstance(pk, UUID) else UUID(pk): (version, data) for pk, version, data in rows}


def _make(reader: Reader, entity: str) -> _Statement:
    rows = reader.rows_of(entity).filter(pk__any_key=PLACE)
    sql, params = SHAPES[entity].asked(rows, reader.shown, "pk", "version").query.sql_with_params()
    (at,) = (at for at, value in enumerate(params) if isinstance(value, str) and PLACE in value)
    return _Statement(sql, params, at)
