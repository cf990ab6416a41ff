"""How are a thousand ids asked for as one parameter instead of a thousand?"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Lookup, UUIDField


def array(elements: Iterable[object]) -> str:
    """A PostgreSQL array literal of what needs no quotes: ids and numbers."""
    return "{" + ",".join(map(str, elements)) + "}"


@UUIDField.register_lookup
class AnyOf(Lookup):
    """`filter(pk__any_of=ids)`: as `pk__in`, but the ids travel as one array (PostgreSQL) or one JSON text (SQLite).

    Of `pk__in` with a thousand ids most of the time goes into writing and reading a thousand placeholders; of an array
    that the driver writes element by element, into asking of each whether it needs quotes.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        ids = json.dumps([pk.hex for pk in self.rhs])
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, ids)  # noqa: S608 - a column of ours

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::uuid[])", (*params, array(pk.hex for pk in self.rhs))
