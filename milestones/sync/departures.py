"""Which of the objects that a reader does not see did it see before? Only those may be told to be gone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.db.models.fields.json import KeyTransform

from milestones import access
from milestones.models import ChangeEntry, Op
from milestones.shapes import SHAPES

from .entries import ACTIVATION, UNITS, Entry, takes_part
from .reader import Reader

OWNERS = ("milestone", "predecessor", "successor")


def departures(reader: Reader, unseen: Iterable[Entry]) -> set[UUID]:
    """Of the entries of unseen objects: the objects that left with one of them.

    An object is told as gone with the entry by which it left: its deletion, or, for a reader with units, the one that
    took its milestone from them. Every other entry of an unseen object says nothing, for what it was about either was
    never the reader's, or has left already, or leaves with an entry that comes.
    """
    deleted, moved = [], set()
    for entry in unseen:
        if entry.is_deletion:
            deleted.append(entry)
        elif entry.name == "milestone" and takes_part(reader, entry.lead, entry.parties)[0]:
            moved.add(entry.object_id)
    return moved | {entry.object_id for entry in _once_reached(reader, _once_public(reader, deleted))}


def _once_public(reader: Reader, deleted: list[Entry]) -> list[Entry]:
    """Without what was deleted while its plan was a draft, for readers who see no drafts."""
    if reader.sees_drafts or not deleted:
        return deleted
    plans = {entry.plan_id for entry in deleted if entry.plan_id}
    active = ChangeEntry.objects.filter(entity="plan", object_id__any_of=plans, verb=ACTIVATION)
    since = dict(active.values_list("object_id", "seq"))
    return [one for one in deleted if one.plan_id is None or (since.get(one.plan_id) or one.seq) < one.seq]


def _once_reached(reader: Reader, deleted: list[Entry]) -> list[Entry]:
    """Without what hung on milestones in which no unit of the reader ever took part."""
    if reader.units is None or not deleted:
        return deleted
    owners = _owners([entry for entry in deleted if access.MILESTONES_OF.get(SHAPES[entry.entity].model)])
    ever = _ever(reader, set().union(*owners.values()))
    return [entry for entry in deleted if owners.get(entry.object_id, set()) <= ever]


def _owners(deleted: list[Entry]) -> dict[UUID, set[UUID]]:
    """Object → the milestones it hung on: itself, or those that its first entry names."""
    found = {entry.object_id: {entry.object_id} for entry in deleted if entry.name == "milestone"}
    others = {entry.object_id for entry in deleted} - set(found)
    if not others:
        return found
    named = {f"feed_{owner}": KeyTransform(f"{owner}_id", F("changes")) for owner in OWNERS}
    which = Q(entity__in={entry.name for entry in deleted}, object_id__any_of=others, op=Op.CREATE)
    for pk, *pairs in ChangeEntry.objects.filter(which).annotate(**named).values_list("object_id", *named):
        found[pk] = {UUID(pair[1]) for pair in pairs if pair}
    return found


def _ever(reader: Reader, milestones: set[UUID]) -> set[UUID]:
    """The milestones in which a unit of the reader took part at any time."""
    rows: Any = ChangeEntry.objects.filter(entity="milestone", object_id__any_of=milestones)
    told = rows.annotate(**UNITS).values_list("object_id", *UNITS)
    return {pk for pk, lead, parties in told if any(takes_part(reader, lead, parties))}
