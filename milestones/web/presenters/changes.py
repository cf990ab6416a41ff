"""What changed, as the pages tell it: what its verb or its reason tell already stays unsaid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _

from milestones import wording
from milestones.changes import readable
from milestones.changes.behalf import on_behalf
from milestones.models import ChangeEntry
from milestones.web.presenters import words

HIDDEN = readable.NOT_SHOWN | set(
    "baseline_on baseline_precision statement submitted_at verified_at submitted_by_id verified_by_id"
    " submitted_client verified_client decided_by_id decided_at".split()
)
OF_NEW = {"evidence": ("title",), "reading": ("target_id", "as_of", "value")}
LONGEST = 60


@dataclass(frozen=True)
class Line:
    """`by` says who and by which way in."""

    entry: ChangeEntry
    by: str
    what: str
    differences: list[readable.Difference]


def lines(entries: Sequence[ChangeEntry], *, year: int) -> list[Line]:
    """The entries in words, dates without the year when it is the plan's `year`."""
    say = partial(wording.period, year=year)
    manner = readable.Manner(say, HIDDEN, OF_NEW, longest=LONGEST, nothing=_("none"), names_people=False)
    return [
        Line(change.entry, _by(change.entry), change.verb, _untold(change)) for change in readable.read(entries, manner)
    ]


def _untold(change: readable.Change) -> list[readable.Difference]:
    """Without a reason that stands below the line in full."""
    told = change.entry.why[:LONGEST]
    return [one for one in change.differences if not told or one.new.removesuffix("…") != told]


def _by(entry: ChangeEntry) -> str:
    """“督查室 · 网页”, with “on behalf” when the office filed it for the milestone's owner."""
    said = words.by(entry.actor_label, entry.via)
    return f"{said} · {_('on behalf')}" if on_behalf(entry) else said
