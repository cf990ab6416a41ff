"""How does a follower inside the installation go on from where it was, missing and repeating no change?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from milestones.models import ChangeEntry, Follower

Handle = Callable[[Sequence[ChangeEntry]], object]


def advance(name: str, handle: Handle, *, now: datetime, limit: int = 1000) -> int:
    """Let `handle` deal with the next numbered entries, at most `limit`, in their order; how many there were.

    0: nothing is new, or somebody else follows as `name` this moment. What `handle` writes and the new position are one
    transaction, so each entry is dealt with once, or again when that transaction was rolled back. Whoever wants what
    has just been committed publishes first. A new follower begins with the first entry of history.
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
    return list(ChangeEntry.objects.filter(seq__gt=seq).order_by("seq").defer("changes", "reason")[:limit])
