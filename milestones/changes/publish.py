"""In which order did changes become visible? The publisher numbers what has been committed, and seals it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from milestones.models.prepared import cursor

from . import seals

# Any fixed number: the name of the advisory lock that lets one publisher at a time through on PostgreSQL.
LOCK = 7_241_001
MOST = 10_000  # entries of one transaction

NUMBER = """
UPDATE milestones_changeentry SET seq = numbered.seq FROM (
    SELECT id, (SELECT COALESCE(MAX(seq), 0) FROM milestones_changeentry) + ROW_NUMBER() OVER (ORDER BY id) AS seq
    FROM milestones_changeentry WHERE seq IS NULL ORDER BY id LIMIT %s
) AS numbered WHERE milestones_changeentry.id = numbered.id
"""


def publish(*, limit: int = MOST) -> int:
    """Give `seq` to at most `limit` committed entries, in id order; how many (0 when another publisher is at work).

    An entry still uncommitted is not seen and is numbered by a later run, after everything numbered now: `seq` never
    goes back. One object's entries are written under its row's lock, so id order is their version order.
    What has a number and no seal yet is sealed in the same transaction, at most `limit` entries too.
    """
    return _run(limit)[0]


def number(*, limit: int = MOST) -> int:
    """The same for a reader who waits for its answer: what it numbers is sealed by the next who publishes."""
    with _alone() as asking:
        return _number(asking, limit) if asking else 0


def publish_all() -> int:
    """Number and seal everything that is committed now; how many were numbered."""
    total = 0
    while any(done := _run()):
        total += done[0]
    return total


def _run(limit: int = MOST) -> tuple[int, int]:
    """How many were numbered, and how many sealed."""
    with _alone() as asking:
        return (_number(asking, limit), seals.seal(limit=limit)) if asking else (0, 0)


@contextmanager
def _alone() -> Iterator[Any]:
    """A cursor in a transaction, as the one publisher at work; None when there is another."""
    with transaction.atomic(), cursor() as asking:
        if connection.vendor == "postgresql":
            asking.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            yield asking if asking.fetchone()[0] else None
        else:
            yield asking


def _number(asking: Any, limit: int) -> int:
    asking.execute(NUMBER, [limit])
    return int(asking.rowcount)
