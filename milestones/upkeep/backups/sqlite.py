"""How does an SQLite database go into a backup, and out of it?"""

from __future__ import annotations

import os
import sqlite3
import zipfile
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection

from . import archive, tables
from .archive import Damaged, Manifest, Member

NAME = "database.sqlite3"
SECONDS_TO_WAIT = 30


class InUse(sqlite3.OperationalError):
    """Another process works with the database."""


def write(out: zipfile.ZipFile, beside: Path) -> tuple[list[Member], dict[str, int]]:
    """The database as it is at one moment, whoever writes meanwhile; a copy of it is made in the folder `beside`."""
    with TemporaryDirectory(prefix=".backup-", dir=beside) as folder:
        copy = Path(folder) / NAME
        rows = _copy(copy, tables.travelling())
        with archive.writing(out, NAME) as summing, copy.open("rb") as source:
            for data in archive.pieces(source):
                summing.write(data)
    return [Member(NAME, summing.size, summing.sha256)], rows


def read(source: zipfile.ZipFile, manifest: Manifest) -> None:
    """Checks the database in the archive, then puts it in the place of ours, all at once or not at all."""
    target = Path(connection.settings_dict["NAME"])
    connection.close()
    with TemporaryDirectory(prefix=".restore-", dir=target.parent) as folder:
        copy = Path(folder) / NAME
        with copy.open("wb") as out:
            for data in archive.chunks(source, NAME):
                out.write(data)
        _examine(copy, manifest)
        _move_in(copy, target)
    with closing(sqlite3.connect(target)) as database:
        _count(database, manifest)


def _copy(copy: Path, travelling: list[str]) -> dict[str, int]:
    """In one step, with a reader's lock that in WAL mode stops nobody; then without what stays behind, in one file."""
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL, 0o600))
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=SECONDS_TO_WAIT)) as ours,
        closing(sqlite3.connect(copy, isolation_level=None)) as theirs,
    ):
        ours.backup(theirs, pages=-1, progress=_give_up_when_busy)
        theirs.execute("PRAGMA journal_mode = DELETE")
        theirs.execute("PRAGMA secure_delete = ON")  # or the deleted sessions could still be read in the file
        for table in tables.left_behind() & _names(theirs):
            theirs.execute(f"DELETE FROM {tables.quoted(table)}")  # noqa: S608 - a table's name, quoted
        return _counted(theirs, travelling)


def _examine(copy: Path, manifest: Manifest) -> None:
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA ignore_check_constraints = ON")  # they call functions that only Django knows
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise Damaged(f"The database in the backup is damaged: {verdict}")
        if found := database.execute("PRAGMA foreign_key_check").fetchone():
            raise Damaged(f"In the backup the table {found[0]} refers to a row of {found[2]} that is not there.")
        _count(database, manifest)


def _move_in(copy: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(copy)) as new, closing(sqlite3.connect(target, timeout=2)) as ours:
            new.backup(ours, pages=-1, progress=_give_up_when_busy)
    except sqlite3.OperationalError as error:
        raise InUse(str(error)) from error


def _give_up_when_busy(status: int, remaining: int, total: int) -> None:
    """Without this, sqlite3 would try again for ever; the connection's own timeout has already been waited for."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise InUse("the database is locked")


def _count(database: sqlite3.Connection, manifest: Manifest) -> None:
    found = _counted(database, manifest.rows)
    if found != manifest.rows:
        raise Damaged(f"Rows are missing in: {', '.join(t for t in found if found[t] != manifest.rows[t])}")


def _counted(database: sqlite3.Connection, names: Collection[str]) -> dict[str, int]:
    count = "SELECT COUNT(*) FROM {}"
    return {name: database.execute(count.format(tables.quoted(name))).fetchone()[0] for name in names}


def _names(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
