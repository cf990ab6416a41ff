"""How does each proposal of a text stand to its plan: new, there already, changed, accepted, or rejected?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from milestones.intake import applying
from milestones.intake.comparing import Existing, Match, compare
from milestones.intake.kept import ACCEPTED, REJECTED, proposal
from milestones.intake.rules.proposals import MILESTONE, TARGET, Proposal
from milestones.intake.versions import made_before
from milestones.models import IntakeText, Milestone, Target

Known = Milestone | Target


class Stand(StrEnum):
    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Standing:
    """`number` counts from 1; `known` is what the plan has of it, `fields` names what differs there."""

    number: int
    proposal: Proposal
    stand: Stand
    known: Known | None = None
    had: Existing | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Overview:
    """`gone` was made of the version that this one replaces, and this one does not say it."""

    rows: tuple[Standing, ...]
    gone: tuple[Known, ...] = ()

    def of(self, number: int) -> Standing | None:
        return self.rows[number - 1] if 0 < number <= len(self.rows) else None

    def all(self, stand: Stand) -> list[Standing]:
        return [row for row in self.rows if row.stand == stand]


def overview(text: IntakeText) -> Overview:
    """What was accepted of this text is what was made of it, whatever it is called now; the rest is compared."""
    plan = text.plan
    known: dict[tuple[str, str], Known] = {(MILESTONE, one.code): one for one in plan.milestones.all()}
    known |= {(TARGET, one.code): one for one in plan.targets.all()}
    by_id = {str(one.pk): one for one in known.values()}
    proposals = [proposal(row) for row in text.proposals]
    made = {at: by_id.get(row["made"]) for at, row in enumerate(text.proposals) if row["decision"] == ACCEPTED}
    ours = {one.pk for one in made.values() if one is not None}
    others = [one for one in applying.existing(plan) if known[one.type, one.key].pk not in ours]
    said = [one for at, one in enumerate(proposals) if at not in made]
    found = compare(said, others)
    matches = {id(match.proposal): match for match in (*found.same, *found.changed)}

    def standing(at: int, one: Proposal) -> Standing:
        if at in made:
            return Standing(at + 1, one, Stand.ACCEPTED, made[at])
        if text.proposals[at]["decision"] == REJECTED:
            return Standing(at + 1, one, Stand.REJECTED)
        return _compared(at + 1, one, matches.get(id(one)), known)

    rows = tuple(standing(at, one) for at, one in enumerate(proposals))
    earlier = made_before(text)
    gone = (known[one.type, one.key] for one in found.gone)
    return Overview(rows, tuple(one for one in gone if str(one.pk) in earlier))


def _compared(number: int, one: Proposal, match: Match | None, known: Mapping[tuple[str, str], Known]) -> Standing:
    if match is None:
        return Standing(number, one, Stand.NEW)
    there = known[match.existing.type, match.existing.key]
    moved = isinstance(there, Milestone) and there.due == one.due  # since the first promise, to what the text says
    stand = Stand.CHANGED if match.fields and not moved else Stand.SAME
    return Standing(number, one, stand, there, match.existing, match.fields)
