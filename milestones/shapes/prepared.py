"""How is the same query asked again and again without being made anew?

Django writes the SQL of a shape for every request: that takes as long as running it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

# The keys of the objects stand in one parameter; in a statement that was made before, this stands in their place.
PLACE = "keys"


def keys_of(ids: Iterable[UUID]) -> str:
    """Ids as the lookup `any_key` takes them: in a writing that both databases read."""
    return ",".join(pk.hex for pk in ids)


@dataclass(frozen=True)
class Prepared:
    """SQL whose only varying parameter is that of a lookup `any_key`."""

    sql: str
    params: tuple[Any, ...]
    at: int

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> Prepared:
        """`rows` are filtered by `…__any_key=PLACE`."""
        sql, params = rows.query.sql_with_params()
        (at,) = (at for at, value in enumerate(params) if isinstance(value, str) and PLACE in value)
        return cls(sql, params, at)

    def run(self, keys: str) -> list[tuple[Any, ...]]:
        """The rows of these keys, joined by commas, as the driver gives them."""
        params = list(self.params)
        params[self.at] = params[self.at].replace(PLACE, _listed(keys))
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return list(cursor.fetchall())


def _listed(keys: str) -> str:
    """As `any_key` writes them: elements of an array literal (PostgreSQL) or of a JSON text (SQLite)."""
    return keys.replace(",", '","') if connection.vendor == "sqlite" else keys
