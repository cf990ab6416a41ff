"""How does a database write JSON? One expression a kind of value, each a text that is JSON and never null.

Everything is assembled by `format`, which both databases have under a name of their own: a row is one template with
its values filled in. Whole JSON functions (`json_build_object`) look up the type of every argument again for every row,
and take fewer arguments than a milestone has fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Func, Lookup, Subquery, TextField, UUIDField

from milestones.models.prepared import Slot

MOST_VALUES = 90  # of one call: PostgreSQL takes 100 arguments, SQLite 127
NULL = "null"


class Json(Func):
    """A value as JSON: a template of SQL in each database's words that gives the same text; `{0}` is the value."""

    output_field = TextField()
    on_sqlite = ""
    on_postgresql = ""

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        return self._filled(self.on_sqlite, compiler)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        return self._filled(self.on_postgresql, compiler)

    def _filled(self, template: str, compiler: Any) -> tuple[str, tuple[Any, ...]]:
        """Values are columns or built of columns: they carry no parameters, and may stand in a template repeatedly."""
        compiled = [compiler.compile(value) for value in self.get_source_expressions()]
        assert not any(params for _sql, params in compiled), "a value with parameters"
        return template.format(*(sql for sql, _params in compiled)), ()


class Key(Json):
    """A UUID as text in the database's own writing, for finding again what belongs together: no UUID is made of it."""

    on_sqlite = "{0}"
    on_postgresql = "{0}::text"


def keys_of(ids: Iterable[UUID]) -> str:
    """The same of ids that are at hand, joined by commas, in a writing that both databases read."""
    return ",".join(pk.hex for pk in ids)


class Keys(Slot):
    """Stands for Keys joined by commas: `filter(pk__any_key=Keys("keys"))`."""

    def written(self, value: str) -> str:
        return f"{{{value}}}" if connection.vendor == "postgresql" else '["' + value.replace(",", '","') + '"]'


@UUIDField.register_lookup
class AnyKey(Lookup):
    """As `any_of`, which takes UUIDs."""

    lookup_name = "any_key"

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self._said("{} IN (SELECT value FROM json_each({}))", compiler, connection)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self._said("{} = ANY({}::uuid[])", compiler, connection)

    def _said(self, how: str, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        keys, more = self.process_rhs(compiler, connection)
        return how.format(column, keys), (*params, *more)


class Text(Json):
    on_sqlite = "json_quote({0})"
    on_postgresql = "coalesce(to_json({0}::text)::text, 'null')"


class Code(Json):
    """A word that needs no quoting: one of a column's choices, or null."""

    on_sqlite = on_postgresql = "coalesce('\"' || {0} || '\"', 'null')"


class Filled(Json):
    """A text, of which the empty one is null."""

    on_sqlite = "json_quote(nullif({0}, ''))"
    on_postgresql = "coalesce(to_json(nullif({0}, ''))::text, 'null')"


class ShownUntil(Json):
    """The text of the second column, empty once the first is set."""

    on_sqlite = "CASE WHEN {0} IS NULL THEN json_quote({1}) ELSE '\"\"' END"
    on_postgresql = "CASE WHEN {0} IS NULL THEN to_json({1})::text ELSE '\"\"' END"


class Number(Json):
    on_sqlite = "coalesce({0}, 'null')"
    on_postgresql = "coalesce({0}::text, 'null')"


class Boolean(Json):
    on_sqlite = "CASE {0} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END"
    on_postgresql = "coalesce({0}::text, 'null')"


class Id(Json):
    """A UUID with its dashes, of which SQLite keeps the digits only."""

    on_sqlite = (
        "CASE WHEN {0} IS NULL THEN 'null' ELSE printf('\"%%.8s-%%.4s-%%.4s-%%.4s-%%s\"',"
        " {0}, substr({0}, 9), substr({0}, 13), substr({0}, 17), substr({0}, 21)) END"
    )
    on_postgresql = "coalesce('\"' || {0}::text || '\"', 'null')"


class Day(Json):
    on_sqlite = "coalesce('\"' || {0} || '\"', 'null')"
    on_postgresql = "coalesce(to_json({0})::text, 'null')"  # whatever the server's DateStyle


class Instant(Json):
    """RFC 3339 in UTC, as Python's `isoformat` has it: microseconds when there are any, and then six digits."""

    on_sqlite = "coalesce('\"' || replace({0}, ' ', 'T') || '+00:00\"', 'null')"
    on_postgresql = (
        "coalesce(replace(to_char({0} AT TIME ZONE 'UTC',"
        " '\"\\\"\"YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\\\"\"'), '.000000', ''), 'null')"
    )


class Decimals(Json):
    """A number as text, without an exponent and trailing zeros: "20", "-0.5". SQLite keeps fifteen digits of it."""

    on_sqlite = "CASE WHEN {0} IS NULL THEN 'null' ELSE printf('\"%%.15g\"', {0}) END"
    on_postgresql = "coalesce('\"' || trim_scale({0})::text || '\"', 'null')"


class Document(Json):
    """A column of JSON, as it stands there."""

    on_sqlite = "coalesce({0}, 'null')"
    on_postgresql = "coalesce({0}::text, 'null')"


class Fuzzy(Json):
    """{on, precision} of two columns that are both set or both null."""

    on_sqlite = "coalesce('{{\"on\":\"' || {0} || '\",\"precision\":\"' || {1} || '\"}}', 'null')"
    on_postgresql = "coalesce('{{\"on\":' || to_json({0})::text || ',\"precision\":\"' || {1} || '\"}}', 'null')"


class Span(Json):
    """[start, end] of two columns that are both set or both null."""

    on_sqlite = on_postgresql = "coalesce('[' || {0} || ',' || {1} || ']', 'null')"


class Path(Json):
    """plan/code of two columns."""

    on_sqlite = "json_quote({0} || '/' || {1})"
    on_postgresql = "coalesce(to_json({0} || '/' || {1})::text, 'null')"


class Literal(Json):
    """A constant of JSON."""

    def __init__(self, text: str = NULL) -> None:
        super().__init__()
        self.on_sqlite = self.on_postgresql = "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"


class Rarely(Json):
    """The second value, a subquery, where the first is set: nothing is looked up for the many rows where it is not."""

    on_sqlite = on_postgresql = "CASE WHEN {0} IS NULL THEN 'null' ELSE {1} END"


class Members(Func):
    """Name → JSON, in this order, as one text: an object without its braces."""

    output_field = TextField()

    def __init__(self, members: Mapping[str, Any], **extra: Any) -> None:
        self.names = tuple(members)
        super().__init__(*members.values(), **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        return self._formatted("printf", compiler)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        return self._formatted("format", compiler)

    def _formatted(self, function: str, compiler: Any) -> tuple[str, tuple[Any, ...]]:
        members = [(name, *compiler.compile(value)) for name, value in zip(self.names, self._values(), strict=True)]
        calls = [_call(function, members[at : at + MOST_VALUES]) for at in range(0, len(members), MOST_VALUES)]
        return " || ',' || ".join(calls) or "''", tuple(one for _name, _sql, params in members for one in params)

    def _values(self) -> list[Any]:
        return list(self.get_source_expressions())


class Braced(Members):
    """A whole object."""

    def _formatted(self, function: str, compiler: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = super()._formatted(function, compiler)
        return "'{' || " + sql + " || '}'", params


def _call(function: str, members: Sequence[tuple[str, str, Any]]) -> str:
    template = ",".join(f'"{name}":%%s' for name, _sql, _params in members)
    return f"{function}('{template}', {', '.join(sql for _name, sql, _params in members)})"


class Scalar(Subquery):
    output_field = TextField()
