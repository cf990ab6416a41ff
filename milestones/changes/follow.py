"""How does a follower inside the installation go on from where it was, missing and repeating no change?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from milestones.models import ChangeEntry, Follower

Handle = Callable[[Sequence[ChangeEntry]], object]

LONGEST = 50_000  # entries of one transaction: a batch of ten thousand rows has fewer


def advance(name: str, handle: Handle, *, now: datetime, limit: int = 1000) -> int:
    """Let `handle` deal with the next numbered entries, at most `limit`, in their order; how many there were.

    0: nothing is new, or somebody else follows as `name` this moment. What `handle` writes and the new position are one
    transaction, so each entry is dealt with once, or again when that transaction was rolled back. Whoever wants what
    has just been committed publishes first. A new follower begins with the first entry of history.

    What one verb wrote in one transaction is not cut in two, unless it is longer than LONGEST.
    """
    Follower.objects.get_or_create(name=name)
    with transaction.atomic():
        position = Follower.objects.select_for_update(skip_locked=True).filter(name=name).first()
        entries = _after(position.seq, limit) if position else []
        if position is None or not entries:
            return 0
        handle(entries)
        Follower.objects.filter(name=name).update(seq=entries[-1].seq, at=now)
        return len(entries)


def _after(seq: int, limit: int) -> list[ChangeEntry]:
    """Without the columns that are heavy and that few followers look at; they are fetched when asked for."""
    entries = ChangeEntry.objects.filter(seq__gt=seq).order_by("seq").defer("changes", "reason")
    found = list(entries[:limit])
    if len(found) < limit:
        return found
    last = found[-1]
    later = entries.filter(seq__gt=last.seq)
    other = later.exclude(at=last.at).values_list("seq", flat=True).first()
    return found + list((later if other is None else later.filter(seq__lt=other))[: LONGEST - limit])
