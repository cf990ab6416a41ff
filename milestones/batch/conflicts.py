"""Which rows are of an older version than what is stored, and what happened since?"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from milestones.changes import record
from milestones.errors import Conflict
from milestones.models import ChangeEntry, Milestone

from . import diff
from .aiming import Aimed
from .match import Stored
from .results import BothValues
from .rows import Row


def stale(row: Row, stored: Stored | None) -> bool:
    """Whether it was said for another version; of a milestone that is not there any."""
    version = row.if_version
    return isinstance(version, int) and version != (stored.version if stored else 0)


def told(rows: Sequence[Aimed]) -> dict[int, BothValues]:
    """By row number; without those in which only what follows from other rows and from the day has changed."""
    entries = _entries([one.stored.id for one in rows if one.stored])
    found = {}
    for one in rows:
        if one.stored is None:
            found[one.index] = BothValues(Conflict(), {})
            continue
        known = _known(entries[one.stored.id], one.row, one.stored)
        if record.matters(known):
            found[one.index] = BothValues(known, diff.both(one.row, one.stored))
    return found


def _known(entries: Sequence[ChangeEntry], row: Row, stored: Stored) -> Conflict:
    assert isinstance(row.if_version, int)
    since = row.if_version
    return record.told([entry for entry in entries if entry.version > since], stored.version)


def _entries(milestones: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[ChangeEntry]]:
    found: dict[uuid.UUID, list[ChangeEntry]] = defaultdict(list)
    if milestones:
        rows = ChangeEntry.objects.filter(entity=Milestone._meta.model_name, object_id__any_of=list(milestones))
        for entry in rows.order_by("id"):
            found[entry.object_id].append(entry)
    return found
