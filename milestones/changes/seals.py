"""How is numbered history sealed, so that a later rewrite shows? Told in full in docs/algorithms/history.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import Now

from milestones.models import ChangeEntry, HistorySeal

# Short enough that a broken seal points to few entries, long enough that a million entries make a thousand seals.
LENGTH = 1_000
# Every column: nothing of an entry can be rewritten unseen.
SEALED = (
    "id seq entity object_id op version verb changes reason actor_id actor_label client via plan_id at"
).split()  # fmt: skip

Row = tuple[Any, ...]


def canonical(row: Row) -> bytes:
    """One entry, its values in the order of SEALED, as the same ASCII bytes on every database and after any restore."""
    return json.dumps(dict(zip(SEALED, map(_plain, row), strict=True)), sort_keys=True, separators=(",", ":")).encode()


def digest(previous: str, rows: Iterable[Row]) -> str:
    """SHA-256, in hex, of the digest before and of the entries, each followed by a line feed."""
    total = hashlib.sha256(f"{previous}\n".encode())
    for row in rows:
        total.update(canonical(row) + b"\n")
    return total.hexdigest()


def rows(entries: QuerySet[ChangeEntry], limit: int | None = None) -> Iterator[Row]:
    """What is hashed of these entries, in the order of their numbers; read piece by piece."""
    return entries.order_by("seq").values_list(*SEALED)[:limit].iterator(chunk_size=LENGTH)


def unsealed() -> QuerySet[ChangeEntry]:
    """Numbered, and beyond the last seal."""
    return ChangeEntry.objects.filter(seq__gt=last_sealed())


def last_sealed() -> int:
    return HistorySeal.objects.aggregate(last=Max("last_seq"))["last"] or 0


def seal(*, limit: int) -> int:
    """Seal at most `limit` numbered entries, LENGTH to a seal; how many. Called under the publisher's lock."""
    previous = HistorySeal.objects.order_by("-id").values_list("digest", flat=True).first() or ""
    waiting, done = rows(unsealed(), limit), 0
    while batch := list(islice(waiting, LENGTH)):
        previous = _store(previous, batch)
        done += len(batch)
    return done


def _store(previous: str, batch: list[Row]) -> str:
    place = SEALED.index("seq")
    stored = HistorySeal.objects.create(
        first_seq=batch[0][place],
        last_seq=batch[-1][place],
        previous=previous,
        digest=digest(previous, batch),
        at=Now(),  # the database's clock: no digest holds it, and nothing is decided by it
    )
    return stored.digest


def _plain(value: Any) -> Any:
    """Instants in UTC to the microsecond, ids as text; inside JSON, a whole number is written as one.

    PostgreSQL keeps a JSON object's keys in an order of its own and 1e2 as 100: sorting and this make both alike.
    """
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return str(value)
