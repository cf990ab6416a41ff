"""Which life of the database do the numbers of changes belong to?"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from milestones.changes.publish import MOST, number
from milestones.models import FeedEpoch
from milestones.models.prepared import cursor

LOOK = """
SELECT epoch, (SELECT MAX(seq) FROM milestones_changeentry),
    EXISTS (SELECT 1 FROM milestones_changeentry WHERE seq IS NULL)
FROM milestones_feedepoch
"""


@dataclass(frozen=True)
class Standing:
    """How the feed stands: its epoch, and the number of the newest change (0: none has happened)."""

    epoch: uuid.UUID
    last: int


def standing(*, now: datetime) -> Standing:
    """After everything committed by now has been numbered, by us or by another publisher that is at work."""
    epoch, last, waiting = _look() or _begin(now)
    while waiting and (numbered := number()):
        epoch, last, waiting = _look() or _begin(now)
        waiting = waiting and numbered == MOST  # what others commit meanwhile is for the next time
    return Standing(epoch, last)


def renew(*, now: datetime) -> uuid.UUID:
    """Begin another epoch: nobody goes on from a cursor given before."""
    epoch = uuid.uuid4()
    FeedEpoch.objects.update_or_create(only=True, defaults={"epoch": epoch, "since": now})
    return epoch


def _look() -> tuple[uuid.UUID, int, bool] | None:
    """One query; None while there is no epoch."""
    with cursor() as asking:
        asking.execute(LOOK)
        found = asking.fetchone()
    return None if found is None else (uuid.UUID(str(found[0])), found[1] or 0, bool(found[2]))


def _begin(now: datetime) -> tuple[uuid.UUID, int, bool]:
    """The first epoch. Two at once agree on the one that was there first."""
    FeedEpoch.objects.get_or_create(only=True, defaults={"since": now})
    found = _look()
    assert found is not None
    return found
