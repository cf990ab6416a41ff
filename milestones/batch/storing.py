"""How do thousands of rows come into a table, or change in it, at once?

PostgreSQL takes them as a COPY, new ones straight into the table, changes into a temporary one that is merged. SQLite
takes them one by one within one call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from django.db import connection
from django.db.models import DateField, DateTimeField, JSONField, Model, UUIDField

Row = tuple[Any, ...]
STAGE = "batch_stage"


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """`names` are attribute names, in the order of the values. Raises IntegrityError as any INSERT does."""
    fields = _fields(model, names)
    if connection.vendor == "postgresql":
        _copy(_quoted(model._meta.db_table), fields, rows)
        return
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {_quoted(model._meta.db_table)} ({_listed(fields)}) VALUES ({marks})"  # noqa: S608 - ours
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(_plain(fields, rows)))


def update(model: type[Model], names: Sequence[str], rows: Iterable[Row]) -> int:
    """Rows are (id, version as it was, value of each of `names`); how many were still of that version.

    The version rises by one.
    """
    fields = _fields(model, ["id", "version", *names])
    if connection.vendor == "postgresql":
        return _merge(model, fields, rows)
    columns = ", ".join(f"{_quoted(field.column)} = %s" for field in fields[2:])
    sql = (
        f"UPDATE {_quoted(model._meta.db_table)} SET {columns}, version = version + 1 "  # noqa: S608 - ours
        "WHERE id = %s AND version = %s"
    )
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*row[2:], row[0], row[1]) for row in _plain(fields, rows)])
        return int(cursor.rowcount)


def amend(model: type[Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """The same of rows that have no version: (id, value of each of `names`)."""
    fields = _fields(model, ["id", *names])
    columns = ", ".join(f"{_quoted(field.column)} = %s" for field in fields[1:])
    sql = f"UPDATE {_quoted(model._meta.db_table)} SET {columns} WHERE id = %s"  # noqa: S608 - ours
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*row[1:], row[0]) for row in _plain(fields, rows)])


def _merge(model: type[Model], fields: Sequence[Any], rows: Iterable[Row]) -> int:
    table = _quoted(model._meta.db_table)
    columns = ", ".join(f"{_quoted(field.column)} = n.{_quoted(field.column)}" for field in fields[2:])
    with connection.cursor() as cursor:
        like = f"SELECT {_listed(fields)} FROM {table} LIMIT 0"  # noqa: S608 - ours
        cursor.execute(f"CREATE TEMPORARY TABLE {STAGE} ON COMMIT DROP AS {like}")
        _copy(STAGE, fields, rows)
        cursor.execute(
            f"UPDATE {table} AS m SET {columns}, version = m.version + 1 FROM {STAGE} AS n "  # noqa: S608 - ours
            "WHERE m.id = n.id AND m.version = n.version"
        )
        changed = int(cursor.rowcount)
        cursor.execute(f"DROP TABLE {STAGE}")
        return changed


def _copy(table: str, fields: Sequence[Any], rows: Iterable[Row]) -> None:
    sql = f"COPY {table} ({_listed(fields)}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        for row in _plain(fields, rows):
            copy.write_row(row)


def _plain(fields: Sequence[Any], rows: Iterable[Row]) -> Iterable[Row]:
    """As the driver takes them."""
    kinds = [(place, as_plain) for place, field in enumerate(fields) if (as_plain := _converter(field))]
    return (_converted(row, kinds) for row in rows) if kinds else rows


def _converted(row: Row, kinds: Sequence[tuple[int, Callable[[Any], Any]]]) -> Row:
    values = list(row)
    for place, as_plain in kinds:
        if values[place] is not None:
            values[place] = as_plain(values[place])
    return tuple(values)


def _converter(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, JSONField):
        return lambda value: value if isinstance(value, str) else orjson.dumps(value).decode()
    if connection.vendor == "postgresql":
        return None
    kind = field.target_field if field.is_relation else field
    if isinstance(kind, UUIDField):
        return lambda value: value.hex
    if isinstance(kind, DateTimeField):
        return connection.ops.adapt_datetimefield_value
    return connection.ops.adapt_datefield_value if isinstance(kind, DateField) else None


def _fields(model: type[Model], names: Sequence[str]) -> list[Any]:
    known = {field.attname: field for field in model._meta.concrete_fields}
    return [known[name] for name in names]


def _listed(fields: Iterable[Any]) -> str:
    return ", ".join(_quoted(field.column) for field in fields)


def _quoted(name: Any) -> str:
    return str(connection.ops.quote_name(name))
