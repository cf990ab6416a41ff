"""How is a batch that passed its checks written? In the caller's transaction, by statements for all rows at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from milestones.actors import Actor
from milestones.models import (
    ChangeEntry,
    DateRevision,
    ExternalRef,
    Milestone,
    NextAssessment,
    NextLook,
    OutgoingMail,
    Party,
    search,
)
from milestones.models.base import uuid7
from milestones.planning import revisions

from . import entries, health, locks, storing
from .results import Moved
from .writes import Write

ENTITY = str(Milestone._meta.model_name)
_NAMES = tuple(field.attname for field in Milestone._meta.concrete_fields)
_values = attrgetter(*_NAMES)


def write(writes: Sequence[Write], mails: Sequence[OutgoingMail], *, actor: Actor, now: datetime) -> None:
    """Raises Moved when something is not as it was read; IntegrityError for a key that somebody else just took."""
    if not locks.hold_all(writes):
        raise Moved
    new = sorted((one for one in writes if one.is_new), key=_place)
    storing.insert(Milestone, _NAMES, (_values(one.milestone) for one in new))
    _change([one for one in writes if not one.is_new], now)
    _write_refs(writes)
    _write_parties(writes)
    storing.insert(ChangeEntry, entries.COLUMNS, entries.entries(writes, actor, now))
    storing.insert(DateRevision, entries.REVISION, entries.revisions(writes, actor, now))
    _wake(writes, now)
    OutgoingMail.objects.bulk_create(mails)


def _place(one: Write) -> tuple[Any, str]:
    """Two batches that make the same milestones meet at the first of them, and do not wait in a circle."""
    return one.plan.pk, one.milestone.code


def _change(writes: Sequence[Write], now: datetime) -> None:
    """One statement for those that touch dates, one for those that let reminders begin anew, …: four at most."""
    alike: dict[tuple[bool, bool], list[Write]] = defaultdict(list)
    for one in writes:
        one.columns |= revisions.consequences(one.touched, now) | search.follows(one.milestone, one.touched)
        alike[("health" in one.columns, "reminded_since" in one.columns)].append(one)
    for some in alike.values():
        names = sorted({name for one in some for name in one.columns})
        rows = ((one.pk, one.milestone.version, now, *_row(one, names)) for one in some)
        if storing.update(Milestone, ["updated_at", *names], rows) != len(some):
            raise Moved


def _row(one: Write, names: Sequence[str]) -> list[Any]:
    """Columns that this row does not touch, and another does, are written as they are."""
    return [one.columns[name] if name in one.columns else getattr(one.milestone, name) for name in names]


def _write_refs(writes: Sequence[Write]) -> None:
    gone, new = [], []
    for one in writes:
        if "external_refs" in one.parts:
            before, after = one.parts["external_refs"]
            gone += [(one.pk, *ref) for ref in before if ref not in after]
            new += [(*ref, one.pk) for ref in after if ref not in before]
    for pk, system, external in gone:
        ExternalRef.objects.filter(entity=ENTITY, object_id=pk, system=system, external_id=external).delete()
    names = ("id", "entity", "system", "external_id", "object_id")
    storing.insert(ExternalRef, names, ((uuid7(), ENTITY, *ref) for ref in sorted(new)))


def _write_parties(writes: Sequence[Write]) -> None:
    told = [one for one in writes if "parties" in one.parts]
    if old := [one.pk for one in told if not one.is_new]:
        Party.objects.filter(milestone__id__any_of=old).delete()
    names = ("id", "milestone_id", "role", "organisation_id", "person_id")
    rows = (
        (uuid7(), one.pk, party.role, party.organisation.pk, party.person.pk if party.person else None)
        for one in told
        for party in one.parties or ()
    )
    storing.insert(Party, names, rows)


def _wake(writes: Sequence[Write], now: datetime) -> None:
    """The sweep looks at all of them, the assessment at those whose dates moved."""
    active = [one for one in writes if one.plan.is_active]
    if looks := [one.pk for one in active]:
        NextLook.objects.wake(Milestone.objects.filter(pk__any_of=looks), now)
    if moved := [one.pk for one in active if health.assesses(one)]:
        NextAssessment.objects.wake(Milestone.objects.filter(pk__any_of=moved), now)
