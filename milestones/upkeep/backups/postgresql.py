"""How does a PostgreSQL database go into a backup, and out of it? Table by table, by COPY, in one snapshot.

No pg_dump is needed on the machine, and any newer PostgreSQL reads it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from . import archive, tables
from .archive import Damaged, Manifest, Member, Summing

TEXTS = {25, 1042, 1043}  # the types text, char and varchar, by their fixed numbers in pg_type
# The text of a value must not depend on how a server or a session is set.
ONE_WAY_TO_WRITE = "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'"


def write(out: zipfile.ZipFile) -> tuple[list[Member], dict[str, int]]:
    """Every table as it is in one snapshot; readers and writers go on meanwhile."""
    with transaction.atomic(durable=True), _cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(ONE_WAY_TO_WRITE)
        members = [_write_table(out, cursor, table) for table in tables.travelling()]
    return members, {member.table: member.rows for member in members}


def read(source: zipfile.ZipFile, manifest: Manifest) -> None:
    """Replaces the rows of every table, counts and sums up what is there then, and commits only if it is the same."""
    with transaction.atomic(durable=True), _cursor() as cursor:
        cursor.execute(ONE_WAY_TO_WRITE)
        members = [member for member in manifest.members if member.table]
        everything = {*tables.travelling(), *(member.table for member in members)}
        cursor.execute(f"TRUNCATE {', '.join(map(tables.quoted, sorted(everything)))}")
        for member in members:
            _read_table(source, cursor, member)
        for member in members:
            _compare(cursor, member)
        _count_on(cursor, members)


def _write_table(out: zipfile.ZipFile, cursor: Any, table: str) -> Member:
    columns = _columns(cursor, table)
    name = f"tables/{table}.copy"
    with archive.writing(out, name) as summing:
        rows = _copy_out(cursor, table, columns, summing)
    return Member(name, summing.size, summing.sha256, table, columns, rows)


def _copy_out(cursor: Any, table: str, columns: list[str], out: Summing) -> int:
    """Ordered by the first column, the key, as plain bytes: the same rows always give the same text."""
    names = ", ".join(map(tables.quoted, columns))
    with cursor.copy(
        f"COPY (SELECT {names} FROM {tables.quoted(table)} ORDER BY {_key(cursor, table)}) TO STDOUT"  # noqa: S608
    ) as copy:
        for data in copy:
            out.write(data)
    return int(cursor.rowcount)


def _read_table(source: zipfile.ZipFile, cursor: Any, member: Member) -> None:
    names = ", ".join(map(tables.quoted, member.columns))
    with cursor.copy(f"COPY {tables.quoted(member.table)} ({names}) FROM STDIN") as copy:
        for data in archive.chunks(source, member.name):
            copy.write(data)


def _compare(cursor: Any, member: Member) -> None:
    summing = Summing()
    rows = _copy_out(cursor, member.table, member.columns, summing)
    if (rows, summing.sha256) != (member.rows, member.sha256):
        raise Damaged(f"{member.table} did not arrive as it was: {rows} rows, {member.rows} expected.")


def _count_on(cursor: Any, members: list[Member]) -> None:
    """New rows get numbers after those that came in."""
    for member in members:
        for sequence in connection.introspection.get_sequences(cursor, member.table):
            table, column = tables.quoted(member.table), tables.quoted(sequence["column"])
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, %s), COALESCE(MAX({column}), 1), MAX({column}) IS NOT NULL)"  # noqa: S608
                f" FROM {table}",
                [table, sequence["column"]],
            )


def _columns(cursor: Any, table: str) -> list[str]:
    return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _key(cursor: Any, table: str) -> str:
    """The primary key, in an order that no locale changes."""
    key = connection.introspection.get_primary_key_column(cursor, table)
    if key is None:
        raise Damaged(f"The table {table} has no primary key.")
    described = {column.name: column for column in connection.introspection.get_table_description(cursor, table)}
    return f'{tables.quoted(key)} COLLATE "C"' if described[key].type_code in TEXTS else tables.quoted(key)


@contextmanager
def _cursor() -> Iterator[Any]:
    """psycopg's own cursor, which knows COPY."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        yield cursor
