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

    @property
    def is_new(self) -> bool:
        return self.candidate.stored is None

    @property
    def pk(self) -> uuid.UUID:
        return self.milestone.pk

    @property
    def plan(self) -> Plan:
        return self.candidate.plan

    @property
    def reason(self) -> str:
        return self.candidate.row.reason

    @property
    def version(self) -> int:
        """Afterwards."""
        return 1 if self.is_new else self.milestone.version + 1

    @property
    def parts(self) -> dict[str, tuple[Any, Any]]:
        """Name → (old, new) of the rows that belong to it, where they differ."""
        found: dict[str, tuple[Any, Any]] = {}
        if self.parties is not None:
            found["parties"] = (self.candidate.old_parties, recorded(self.parties))
        if self.candidate.refs is not None:
            found["external_refs"] = self.candidate.refs
        return {name: (old, new) for name, (old, new) in found.items() if old != new}
