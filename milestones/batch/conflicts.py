"""Which rows are of an older version than what is stored, and what happened since?"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from milestones.changes import record
from milestones.errors import Conflict
from milestones.models import ChangeEntry, Milestone

from . import diff
from .match import Stored
from .results import BothValues
from .rows import Row


def stale(row: Row, stored: Stored | None) -> bool:
    """Whether it was said for another version; of a milestone that is not there any."""
    version = row.if_version
    return isinstance(version, int) and version != (stored.version if stored else 0)


def told(rows: Sequence[tuple[int, Row, Stored]]) -> dict[int, BothValues]:
    """By row number; without those in which only what follows from other rows and from the day has changed."""
    entries = _entries([stored.id for _index, _row, stored in rows])
    found = {}
    for index, row, stored in rows:
        known = _known(entries[stored.id], row, stored)
        if known.version is None or record.matters(known):
            found[index] = BothValues(known, diff.both(row, stored))
    return found


def absent() -> BothValues:
    """The row is for a version of a milestone that does not exist."""
    return BothValues(Conflict(), {})


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
