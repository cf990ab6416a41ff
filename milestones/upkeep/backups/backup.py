"""How is everything put into one file while the system runs?"""

from __future__ import annotations

import sqlite3
import zipfile
from datetime import datetime
from pathlib import Path

from django.db import connection

from milestones.errors import DomainError
from milestones.upkeep import schema

from . import archive, evidence, postgresql, sqlite
from .archive import Manifest
from .files import new_file


class BackupRefused(DomainError):
    """There is no backup; nothing was left behind."""

    code = "backup"


def back_up(file: Path, *, now: datetime) -> Manifest:
    """Writes `file`, which must not exist yet, and verifies it. Raises BackupRefused, archive.Damaged."""
    try:
        with new_file(file) as draft:
            manifest = _write(draft, now)
            with archive.opened(draft):
                pass  # opening it verifies it: what cannot be read back is no backup
    except evidence.Incomplete as error:
        raise BackupRefused(str(error)) from error
    except FileExistsError:
        raise BackupRefused(f"{file} is there already; a backup never replaces a file.") from None
    except (OSError, sqlite3.Error) as error:
        raise BackupRefused(f"{file} cannot be written: {error}") from error
    return manifest


def _write(draft: Path, now: datetime) -> Manifest:
    applied = sorted(map(list, schema.applied(connection)))
    if not applied:
        raise BackupRefused("The database is empty: there is nothing to back up.")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as out:
        if connection.vendor == "sqlite":
            members, rows = sqlite.write(out, draft.parent)
        else:
            members, rows = postgresql.write(out)
        members += evidence.write(out)  # after the rows: whatever they speak of lies in the store by now
        manifest = Manifest(now.isoformat(timespec="seconds"), connection.vendor, applied, rows, members)
        archive.close(out, manifest)
    return manifest
