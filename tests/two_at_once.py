"""How do two people act on one object at the same time? Each on a connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import close_old_connections, connection, transaction

from tests.servers.processes import wait_until

Act = Callable[[], object]
LIMIT = 120  # seconds until those who wait for one another are called a dead lock


def while_uncommitted(first: Act, second: Act) -> tuple[object, object]:
    """`second` begins while the transaction of `first` is still open, and goes on when it has been committed.

    The result of each, or what it raised. On PostgreSQL the second is seen waiting for a lock before the first commits;
    SQLite, with its single writer, lets it wait at the beginning of its transaction.
    """
    acted, may_commit = threading.Event(), threading.Event()

    def early() -> object:
        with transaction.atomic():
            try:
                return first()
            finally:
                acted.set()
                may_commit.wait(20)

    with ThreadPoolExecutor(2) as threads:
        winner = threads.submit(alone, early)
        acted.wait(20)
        loser = threads.submit(alone, second)
        _wait_for_lock(loser)
        may_commit.set()
        return winner.result(30), loser.result(30)


def together(*acts: Act) -> list[object]:
    """All of them at one moment, as the scheduler will have it; the result of each, or what it raised."""
    start = threading.Barrier(len(acts))

    def run(act: Act) -> object:
        start.wait(20)
        return alone(act)

    with ThreadPoolExecutor(len(acts)) as threads:
        futures = [threads.submit(run, act) for act in acts]
        return [future.result(LIMIT) for future in futures]


def alone(act: Act) -> object:
    """On this thread's own connection, closed afterwards."""
    try:
        return act()
    except Exception as error:  # what was raised is the result
        return error
    finally:
        close_old_connections()
        connection.close()


def _wait_for_lock(loser: Future[object]) -> None:
    """Until the other session waits for a lock, or is through without having had to."""
    if connection.vendor == "postgresql":
        wait_until(lambda: loser.done() or _somebody_waits(), "the second waits for the first")
    else:
        threading.Event().wait(0.2)  # SQLite does not say who waits


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database())"
        )
        return bool(cursor.fetchone()[0])
