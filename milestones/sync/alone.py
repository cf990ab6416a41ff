"""Does another run work on the same two installations?"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


class AlreadyRunning(Exception):
    """Another run is at work; it ends by itself, and a killed one holds nothing."""


@contextmanager
def alone(remote: str) -> Iterator[None]:
    """One run at a time with this other installation, in whichever direction. Raises AlreadyRunning."""
    key = hashlib.sha256(f"sync {remote}".encode()).digest()[:8]
    hold = _in_database if connection.vendor == "postgresql" else _in_folder
    with hold(key):
        yield


@contextmanager
def _in_database(key: bytes) -> Iterator[None]:
    """Of the session: it goes with it, on whichever machine that was."""
    number = int.from_bytes(key, signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@contextmanager
def _in_folder(key: bytes) -> Iterator[None]:
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(settings.VAR_DIR / f"sync-{key.hex()}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunning from None
    else:
        yield
    finally:
        os.close(handle)
