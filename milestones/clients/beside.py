"""How is something noted beside a request, so that the request never fails or waits for it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from django.db import Error, connection, transaction

log = structlog.get_logger(__name__)

PATIENCE_MS = 200  # with SQLite's one writer; what was not noted now is noted by the next request


def write(note: Callable[[], object]) -> bool:
    """Whether it could be written: a busy or read-only database is no reason to refuse who only asks."""
    try:
        with _brief(), transaction.atomic():
            note()
    except Error as error:
        log.info("not_noted", why=str(error).strip())
        return False
    return True


@contextmanager
def _brief() -> Iterator[None]:
    """Wait a moment for SQLite's writer, not half a minute; and not for PostgreSQL's disk."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET synchronous_commit = off")
            try:
                yield
            finally:
                cursor.execute("RESET synchronous_commit")
            return
        (usual,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS:d}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual):d}")
