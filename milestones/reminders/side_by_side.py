"""How does one process compute while the database works? By doing the same kind of work in two threads.

Of a large sweep half the time is spent waiting for PostgreSQL. SQLite has one writer, and work inside somebody's
transaction cannot be shared out: there the work is simply done.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

THREADS = 2


def run(work: Callable[[], None]) -> None:
    """Call `work` until it returns, in each of two threads where that helps; it must share its queue safely."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        work()
        return
    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(_with_own_connection, work) for _ in range(THREADS)]:
            done.result()


def _with_own_connection(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connection.close()
