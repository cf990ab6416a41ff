"""Does a client still follow the changes, how far behind is it, and what was it refused?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Sum

from milestones.models import ApiClient, ChangeEntry, ClientActivity, ClientHour

from . import beside

PULLED_EVERY = timedelta(minutes=1)
REFUSED_EVERY = timedelta(seconds=1)
DAY = timedelta(hours=24)

Key = tuple[UUID, datetime, int]
_waiting: Counter[Key] = Counter()
_written: dict[tuple[UUID, int], datetime] = {}
_lock = Lock()


@dataclass(frozen=True)
class Health:
    """`behind` counts the published entries that the client has not fetched (of every plan), `missing_since` is the
    instant of the first of them; both are None for one that never pulled. `errors` maps a status to how often it was
    answered in the last day."""

    client: ApiClient
    last_pull_at: datetime | None
    last_seq: int | None
    behind: int | None
    missing_since: datetime | None
    silent_since: datetime | None
    told_at: datetime | None
    errors: dict[int, int] = field(default_factory=dict)

    @property
    def is_silent(self) -> bool:
        return self.silent_since is not None


# --- Noting -----------------------------------------------------------------------------------------------------------
def pulled(client: str | UUID, seq: int, now: datetime) -> None:
    """A client (its name or id) has fetched the changes up to `seq`. Writes when `seq` moved or a minute passed; never
    makes the answer fail."""
    which: dict[str, Any] = {"name": client} if isinstance(client, str) else {"pk": client}
    row = ApiClient.objects.filter(**which).values_list("pk", "activity__last_seq", "activity__last_pull_at").first()
    if row is None:
        return
    pk, known, at = row
    if known == seq and at is not None and at > now - PULLED_EVERY:
        return
    values = {"last_seq": seq, "last_pull_at": now, "silent_told_at": None}
    beside.write(lambda: _note(pk, values))


def _note(client: UUID, values: dict[str, Any]) -> None:
    if not ClientActivity.objects.filter(client_id=client).update(**values):
        ClientActivity.objects.update_or_create(client_id=client, defaults=values)


def refused(client: UUID, status: int, now: datetime) -> None:
    """An answer of 4xx or 5xx. The first is counted at once; of a storm of them this process writes once a second, and
    the last second of it may be lost."""
    with _lock:
        _waiting[client, now.replace(minute=0, second=0, microsecond=0), status] += 1
        if _written.get((client, status), now - REFUSED_EVERY) > now - REFUSED_EVERY:
            return
        _written[client, status] = now
        counted = dict(_waiting)
        _waiting.clear()
    if not beside.write(lambda: _count(counted)):
        with _lock:
            _waiting.update(counted)


def _count(counted: dict[Key, int]) -> None:
    """In one order, so that two processes do not wait for each other."""
    for (client, hour, status), count in sorted(counted.items()):
        key = {"client_id": client, "hour": hour, "status": status}
        if not ClientHour.objects.filter(**key).update(count=F("count") + count):
            ClientHour.objects.bulk_create([ClientHour(**key)], ignore_conflicts=True)
            ClientHour.objects.filter(**key).update(count=F("count") + count)


# --- Looking ----------------------------------------------------------------------------------------------------------
def health(client: ApiClient, now: datetime) -> Health:
    return healths([client], now)[0]


def healths(clients: Iterable[ApiClient], now: datetime) -> list[Health]:
    """Of each client, in their order; four queries however many they are."""
    clients = list(clients)
    rows = {row.pk: row for row in ClientActivity.objects.filter(pk__in=[client.pk for client in clients])}
    published = ChangeEntry.objects.aggregate(newest=Max("seq"))["newest"] or 0
    following = {row.last_seq + 1 for row in rows.values() if row.last_seq is not None}
    missed = dict(ChangeEntry.objects.filter(seq__in=following).values_list("seq", "at"))
    errors = _errors(clients, now)
    return [
        _health(client, rows.get(client.pk), published, missed, errors.get(client.pk, {}), now) for client in clients
    ]


def silent(now: datetime) -> list[Health]:
    """Of the clients that promised to come and do not."""
    promised = ApiClient.objects.filter(is_active=True, expected_every__isnull=False).select_related("owner")
    return [one for one in healths(promised.order_by("pk"), now) if one.is_silent]


def newest() -> tuple[int, int]:
    """The newest published change, and how many wait for their number."""
    published = ChangeEntry.objects.aggregate(newest=Max("seq"))["newest"] or 0
    return published, ChangeEntry.objects.filter(seq__isnull=True).count()


def silent_since(client: ApiClient, last_pull_at: datetime | None, now: datetime) -> datetime | None:
    """From when on a client that promised to come has not; None while it keeps its promise, or made none.

    It has its interval once more after each change of its settings: a token that was replaced, a longer interval.
    """
    if client.expected_every is None or not client.is_active:
        return None
    since = max(client.updated_at, last_pull_at or client.updated_at)
    return since if since + timedelta(minutes=client.expected_every) < now else None


def _health(
    client: ApiClient,
    row: ClientActivity | None,
    published: int,
    missed: dict[int | None, datetime],
    errors: dict[int, int],
    now: datetime,
) -> Health:
    at, seq = (row.last_pull_at, row.last_seq) if row is not None else (None, None)
    return Health(
        client=client,
        last_pull_at=at,
        last_seq=seq,
        behind=None if seq is None else max(0, published - seq),
        missing_since=None if seq is None else missed.get(seq + 1),
        silent_since=silent_since(client, at, now),
        told_at=row.silent_told_at if row is not None else None,
        errors=errors,
    )


def _errors(clients: list[ApiClient], now: datetime) -> dict[UUID, dict[int, int]]:
    """By client and status; whole hours are kept, so up to an hour more than a day is counted."""
    rows = ClientHour.objects.filter(
        client__in=[client.pk for client in clients], hour__gt=now - DAY - timedelta(hours=1)
    )
    found: dict[UUID, dict[int, int]] = {}
    for client, status, count in rows.order_by("status").values_list("client", "status").annotate(Sum("count")):
        found.setdefault(client, {})[status] = count
    return found
