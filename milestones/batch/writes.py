"""What is one row about to write?"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from milestones.models import Milestone, Plan
from milestones.planning.operations import PartyInput

from .beside import Recorded, recorded
from .match import Stored
from .rows import Row

Refs = list[list[str]]
Parts = dict[str, tuple[Any, Any]]  # name → (old, new) of the rows that belong to a milestone, where they differ
NOTHING: Parts = {}


@dataclass(slots=True)
class Candidate:
    """A row that differs from what is stored, before anything it names has been looked up.

    `names` is what it says, by natural keys; `stored` is None for a milestone that is to be made. `refs` are the
    external references before and after, None where they stay.
    """

    index: int
    row: Row
    plan: Plan
    stored: Stored | None
    names: dict[str, Any]
    with_parties: bool = False
    old_parties: Recorded = field(default_factory=list)
    refs: tuple[Refs, Refs] | None = None


@dataclass(slots=True)
class Write:
    """A row that passed its checks. `milestone` is as it is before a change, or the new one, whole.

    `touched` is what changes in the domain's words, `columns` as stored, by attribute name.
    """

    candidate: Candidate
    milestone: Milestone
    touched: Mapping[str, Any]
    columns: dict[str, Any]
    parties: Sequence[PartyInput] | None
    verb: str
    parts: Parts
    is_new: bool
    pk: uuid.UUID
    plan: Plan

    @classmethod
    def of(
        cls,
        candidate: Candidate,
        milestone: Milestone,
        touched: Mapping[str, Any],
        parties: Sequence[PartyInput] | None,
    ) -> Write:
        found = _parts(candidate, parties) if parties is not None or candidate.refs is not None else NOTHING
        is_new = candidate.stored is None
        verb = "milestone.create" if is_new else ""
        return cls(candidate, milestone, touched, {}, parties, verb, found, is_new, milestone.id, candidate.plan)

    @property
    def reason(self) -> str:
        return self.candidate.row.reason

    @property
    def version(self) -> int:
        """Afterwards."""
        return 1 if self.is_new else self.milestone.version + 1


def _parts(candidate: Candidate, parties: Sequence[PartyInput] | None) -> Parts:
    found: Parts = {}
    if parties is not None:
        found["parties"] = (candidate.old_parties, recorded(parties))
    if candidate.refs is not None:
        found["external_refs"] = candidate.refs
    return {name: (old, new) for name, (old, new) in found.items() if old != new}
