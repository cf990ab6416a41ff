"""How does a test get a world that took verbs and a tenth of a second to make, without making it again?

The first test of a process makes it; what that added to the tables is kept, with the objects that were returned. Every
later test gets the same rows by plain inserts, and copies of the objects of its own.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, transaction
from django.db.models import AutoField

W = TypeVar("W")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Snapshot:
    """`added` is a statement with its values for each table; `world` is what was returned, pickled.

    `counted` brings PostgreSQL's counters of ids beyond those of the rows, should a test have set them back.
    """

    added: list[tuple[str, list[Any]]]
    counted: list[str]
    world: bytes

    def again(self) -> Any:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement, values in self.added:
                cursor.execute(statement, values)
            if connection.vendor == "postgresql" and self.counted:
                cursor.execute(f"SELECT {', '.join(self.counted)}")
        return pickle.loads(self.world)


_known: dict[str, Snapshot] = {}


def remembered(name: str, make: Callable[[], W]) -> W:
    """What `make` returns, with all it writes; made once a process. It only adds rows, and is the same every time."""
    if (known := _known.get(name)) is not None:
        return known.again()
    before = read_all()
    world = make()
    added = _added(before)
    statements = [insertion(table, rows) for table, rows in added.items()]
    _known[name] = Snapshot(statements, list(filter(None, map(_counter, added))), pickle.dumps(world))
    return world


def _added(before: dict[str, Rows]) -> dict[str, Rows]:
    found = {}
    for table, rows in _read(before).items():
        known = set(map(repr, before[table]))
        new = [row for row in rows if repr(row) not in known]
        assert len(rows) - len(new) == len(before[table]), f"rows of {table} were changed or deleted"
        if new:
            found[table] = new
    return found


def _counter(table: str) -> str:
    """An expression that is never evaluated to less than the table's greatest id; empty for ids that are no numbers."""
    model = next(model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table)
    if not isinstance(model._meta.pk, AutoField):
        return ""
    sequence = f"pg_get_serial_sequence('{table}', '{model._meta.pk.column}')"
    present = f"(SELECT COALESCE(last_value, 1) FROM pg_sequences WHERE schemaname || '.' || sequencename = {sequence})"
    return f"setval({sequence}, GREATEST((SELECT MAX({model._meta.pk.column}) FROM {table}), {present}))"


def read_all() -> dict[str, Rows]:
    """Every row of every table of ours."""
    return _read(_tables())


def empty() -> None:
    """No row in any table. Those that have none are left alone: to empty all of them takes a quarter of a second.

    Triggers and foreign keys do not speak meanwhile, which PostgreSQL grants to a superuser only, as its tests are.
    """
    tables = list(map(connection.ops.quote_name, _tables()))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'EXISTS (SELECT 1 FROM {table})' for table in tables)}")
        filled = [table for table, has_rows in zip(tables, cursor.fetchone(), strict=True) if has_rows]
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in filled:
            cursor.execute(f"DELETE FROM {table}")


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    ours = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    return [table for table in ours if table in there]


def _read(tables: Iterable[str]) -> dict[str, Rows]:
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = [tuple(map(_plain, row)) for row in cursor.fetchall()]
    return found


def _plain(value: Any) -> Any:
    """As it goes back: SQLite's driver reads days and instants as objects and writes them as text."""
    return str(value) if connection.vendor == "sqlite" and isinstance(value, date) else value


def insertion(table: str, rows: Rows) -> tuple[str, list[Any]]:
    """One statement that brings these rows back, and its values."""
    marks = f"({', '.join(['%s'] * len(rows[0]))})"
    name = connection.ops.quote_name(table)
    return f"INSERT INTO {name} VALUES {', '.join([marks] * len(rows))}", [value for row in rows for value in row]
