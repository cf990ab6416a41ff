"""How does a backup become an installation again?"""

from __future__ import annotations

import zipfile
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from milestones.errors import DomainError
from milestones.upkeep import schema

from . import archive, evidence, postgresql, sqlite, tables
from .archive import Manifest

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class RestoreRefused(DomainError):
    """Nothing was restored; the target is as it was."""

    code = "restore"


def restore(file: Path) -> Manifest:
    """Into an empty database of the same kind, with the tables of the backup's version; the caller migrates on.

    Everything is verified before the database is touched. Raises RestoreRefused, archive.Damaged.
    """
    try:
        with archive.opened(file) as (source, manifest):
            _check_fits(manifest)
            _check_empty()
            evidence.read(source, manifest)  # before the rows that speak of them, as when they were attached
            _read(source, manifest)
            return manifest
    except OSError as error:
        raise RestoreRefused(f"{file} cannot be read: {error.strerror}.") from error


def _check_fits(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        made, ours = NAMES.get(manifest.vendor, manifest.vendor), NAMES.get(connection.vendor, connection.vendor)
        raise RestoreRefused(f"The backup is one of {made}, the database here is {ours}; restore to the same kind.")
    if unknown := sorted(".".join(one) for one in map(tuple, manifest.migrations) if one not in schema.known()):
        raise RestoreRefused(f"The backup was made by a newer version (it knows {unknown[-1]}); install that version.")


def _check_empty() -> None:
    if strange := tables.strange():
        raise RestoreRefused(f"The database holds tables of something else: {', '.join(strange[:3])}.")
    if filled := tables.filled():
        raise RestoreRefused(f"The database is not empty ({', '.join(filled[:3])} hold rows); nothing was changed.")


def _read(source: zipfile.ZipFile, manifest: Manifest) -> None:
    try:
        if connection.vendor == "sqlite":
            sqlite.read(source, manifest)
        else:
            _make_tables(manifest)
            postgresql.read(source, manifest)
    except sqlite.InUse as error:
        raise RestoreRefused(f"Another process uses the database ({error}); stop it first.") from error
    except DatabaseError as error:
        raise RestoreRefused(f"The database refused the rows: {error}") from error


def _make_tables(manifest: Manifest) -> None:
    """Exactly those of the backup's version: an older one is migrated on afterwards, with its rows in it."""
    wanted = frozenset((app, name) for app, name in manifest.migrations)
    if schema.applied(connection) - wanted:
        raise RestoreRefused(
            "The database has tables of a newer version than the backup; empty it (DROP SCHEMA) first."
        )
    MigrationExecutor(connection).migrate(schema.newest(wanted))
