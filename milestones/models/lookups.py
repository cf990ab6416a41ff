"""How are a thousand ids asked for as one parameter instead of a thousand?"""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Lookup, UUIDField


@UUIDField.register_lookup
class AnyOf(Lookup):
    """`filter(pk__any_of=ids)`: as `pk__in`, but the ids travel as one array (PostgreSQL) or one JSON text (SQLite).

    Of `pk__in` with a thousand ids most of the time goes into writing and reading a thousand placeholders.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        ids = json.dumps([pk.hex for pk in self.rhs])
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, ids)  # noqa: S608 - a column of ours

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*params, list(self.rhs))
