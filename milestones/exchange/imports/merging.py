"""Which cells of a row were changed in the file since it was exported, when the milestone was changed here too?

History knows how the milestone stood in the version of the export: what the file says now and did not say then was
changed in the file. A row in which nothing was is no conflict, whatever happened here.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET

from milestones.batch import beside
from milestones.batch.results import BothValues, Result
from milestones.batch.rows import Keyed, PartyRow
from milestones.models import ChangeEntry, Milestone, Organisation, Person, Workstream

from ..excel.reading import Read
from .judged import rows_of

RELATIONS: Mapping[str, tuple[Any, str]] = {
    "workstream": (Workstream, "code"),
    "accountable": (Person, "email"),
    "lead": (Organisation, "code"),
    "parent": (Milestone, "code"),
}


@dataclass(frozen=True)
class Merged:
    """`row` says only what was changed in the file, to the milestone as it is now; None when that is nothing."""

    read: Read
    result: Result
    row: Keyed | None


def merge(stale: Sequence[tuple[Read, Result]]) -> list[Merged]:
    """Four queries at most, and one for each kind of row that a changed column leads to."""
    ids = [result.id for _read, result in stale if result.id]
    entries = _entries(ids)
    standing = beside.parties(ids)
    names = _Names(entry for some in entries.values() for entry in some)
    return [_one(read, result, entries, standing, names) for read, result in stale]


def _one(
    read: Read,
    result: Result,
    entries: Mapping[uuid.UUID, list[ChangeEntry]],
    standing: Mapping[uuid.UUID, list[beside.Standing]],
    names: _Names,
) -> Merged:
    error = result.errors[0]
    if result.id is None or not isinstance(error, BothValues):
        return Merged(read, result, None)
    since = [entry for entry in entries.get(result.id, ()) if entry.version > _seen(read.row)]
    edited = {
        name: getattr(read.row, name)
        for name, pair in error.both.items()
        if not _same(name, pair["yours"], names.before(name, since, pair["current"]))
    }
    if read.row.parties is not UNSET:
        here = rows_of(standing.get(result.id, ()))
        if _sorted(read.row.parties) not in (_sorted(names.parties_before(since, here)), _sorted(here)):
            edited["parties"] = read.row.parties
    if not edited:
        return Merged(read, result, None)
    row = Keyed(id=result.id, if_version=result.version, reason=read.row.reason, **edited)
    return Merged(read, result, row)


def _seen(row: Keyed) -> int:
    return row.if_version if isinstance(row.if_version, int) else 0


def _same(name: str, one: Any, other: Any) -> bool:
    if name == "accountable" and isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    return (one.strip() if isinstance(one, str) else one) == (other.strip() if isinstance(other, str) else other)


def _sorted(parties: Iterable[PartyRow]) -> list[tuple[str, str, str]]:
    return sorted((one.role, one.organisation, (one.person or "").lower()) for one in parties)


def _entries(milestones: Collection[uuid.UUID]) -> dict[uuid.UUID, list[ChangeEntry]]:
    found: dict[uuid.UUID, list[ChangeEntry]] = defaultdict(list)
    rows = ChangeEntry.objects.filter(entity=Milestone._meta.model_name, object_id__any_of=list(milestones))
    for entry in rows.order_by("version") if milestones else ():
        found[entry.object_id].append(entry)
    return found


class _Names:
    """The codes and addresses of what history knows by id."""

    def __init__(self, entries: Iterable[ChangeEntry]) -> None:
        ids: dict[str, set[str]] = defaultdict(set)
        for entry in entries:
            for name in RELATIONS.keys() & {column.removesuffix("_id") for column in entry.changes}:
                ids[name] |= {old for old in [entry.changes[f"{name}_id"][0]] if old}
            for _role, unit, person in (entry.changes.get("parties") or [[]])[0] or ():
                ids["lead"].add(unit)
                ids["accountable"] |= {person} if person else set()
        self.known = {name: self._read(name, some) for name, some in ids.items()}

    def _read(self, name: str, ids: set[str]) -> dict[str, str]:
        model, column = RELATIONS[name]
        rows = model._default_manager.filter(pk__in=ids).values_list("pk", column)
        return {str(pk): code for pk, code in rows}

    def before(self, name: str, since: Sequence[ChangeEntry], current: Any) -> Any:
        """How `name` stood before the first of these entries that speaks of it."""
        if name in ("due", "forecast"):
            return self._date_before(name, since, current)
        column = f"{name}_id" if name in RELATIONS else name
        for entry in since:
            if column in entry.changes:
                old = entry.changes[column][0]
                return self.known[name].get(old) if name in RELATIONS and old else old
        return current

    def _date_before(self, name: str, since: Sequence[ChangeEntry], current: Any) -> Any:
        for entry in since:
            if f"{name}_on" in entry.changes:
                on, precision = (entry.changes[f"{name}_{half}"][0] for half in ("on", "precision"))
                return {"on": on, "precision": precision} if on else None
        return msgspec.to_builtins(current)

    def parties_before(self, since: Sequence[ChangeEntry], here: list[PartyRow]) -> list[PartyRow]:
        for entry in since:
            if "parties" in entry.changes:
                units, people = self.known.get("lead", {}), self.known.get("accountable", {})
                old = entry.changes["parties"][0] or ()
                return [PartyRow(role, units.get(unit, ""), people.get(person)) for role, unit, person in old]
        return here
