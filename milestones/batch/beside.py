"""Which parties do many milestones have? One query."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from milestones.models import Party
from milestones.planning.operations import PartyInput

from .rows import PartyRow

Recorded = list[list[str | None]]


class Standing(NamedTuple):
    """A stored party: by natural keys, and as history records it."""

    role: str
    organisation: str
    person: str
    recorded: list[str | None]


def parties(milestones: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Standing]]:
    found: dict[uuid.UUID, list[Standing]] = defaultdict(list)
    if milestones:
        rows = Party.objects.filter(milestone__id__any_of=list(milestones)).order_by()
        columns = ("milestone_id", "role", "organisation__code", "person__email", "organisation_id", "person_id")
        for pk, role, unit, email, unit_id, person_id in rows.values_list(*columns):
            recorded = [role, str(unit_id), str(person_id) if person_id else None]
            found[pk].append(Standing(role, unit, (email or "").lower(), recorded))
    return found


def same_parties(given: Iterable[PartyRow], standing: Iterable[Standing]) -> bool:
    asked = sorted((row.role, row.organisation, (row.person or "").lower()) for row in given)
    return asked == sorted((one.role, one.organisation, one.person) for one in standing)


def recorded(parties: Iterable[PartyInput] | Iterable[Standing]) -> Recorded:
    return sorted((party.recorded for party in parties), key=lambda party: [part or "" for part in party])
