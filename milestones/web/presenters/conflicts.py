"""Somebody was first: who, when, and what do the changed fields say now?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from milestones.changes import labels
from milestones.changes.readable import Difference
from milestones.errors import Conflict
from milestones.models import ChangeEntry, Milestone
from milestones.web.presenters import changes


@dataclass(frozen=True)
class Problem:
    """`now` are the changed fields from their old to their present values."""

    who: str
    when: datetime | None
    now: list[Difference]


def problem(conflict: Conflict, milestone: Milestone) -> Problem:
    """What the entries since the reader's version say; the newest entry alone when that version is not known."""
    entries = list(ChangeEntry.objects.of(milestone).filter(version__lte=milestone.version).order_by("id"))
    fields = set(conflict.fields)
    since = [entry for entry in entries if fields & set(entry.changes)][-5:]
    found: dict[str, Difference] = {}
    for line in changes.lines(since, year=milestone.plan.year):
        for difference in line.differences:
            first = found.get(difference.label)
            old = first.old if first else difference.old
            found[difference.label] = Difference(difference.label, old, difference.new)
    return Problem(labels.who(conflict.who), conflict.when, list(found.values()))
