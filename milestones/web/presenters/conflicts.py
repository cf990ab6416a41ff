"""Somebody was first: who, when, what do the changed fields say now, and in which must the reader choose?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from milestones.changes import labels
from milestones.changes.readable import Difference
from milestones.errors import Conflict
from milestones.models import ChangeEntry
from milestones.web.forms.merging import Meeting
from milestones.web.presenters import changes


@dataclass(frozen=True)
class Problem:
    """`now` are the changed fields from their old to their present values; `met` those that the reader typed too."""

    who: str
    when: datetime | None
    now: list[Difference]
    met: list[Meeting] = field(default_factory=list)


def other_window(conflict: Conflict, met: Sequence[Meeting]) -> Problem:
    """The reader's own, and what it held before nobody has written down."""
    return Problem(_("You, in another window"), conflict.when, [], list(met))


def problem(conflict: Conflict, obj: Any, met: Sequence[Meeting] = (), *, year: int | None = None) -> Problem:
    """What the entries since the reader's version say; the newest entry alone when that version is not known."""
    year = obj.plan.year if year is None else year
    entries = list(ChangeEntry.objects.of(obj).filter(version__lte=obj.version).order_by("id"))
    fields = set(conflict.fields)
    since = [entry for entry in entries if fields & set(entry.changes)][-5:]
    found: dict[str, Difference] = {}
    for line in changes.lines(since, year=year):
        for difference in line.differences:
            first = found.get(difference.label)
            old = first.old if first else difference.old
            found[difference.label] = Difference(difference.label, old, difference.new)
    return Problem(labels.who(conflict.who), conflict.when, list(found.values()), list(met))
