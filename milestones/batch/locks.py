"""How does everything that a batch relies on stay as it was read, until it is written?

In the order of docs/decisions/0045, each kind in one statement by ascending id, however many rows.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from milestones.errors import Conflict
from milestones.models import Milestone, Organisation, Person, Workstream
from milestones.planning.holding import hold

from . import lookups
from .match import Found
from .rows import Row
from .writes import Write


def hold_all(writes: Sequence[Write]) -> bool:
    """Until this transaction ends; False when something is not any more as it was read."""
    try:
        hold(*{write.plan for write in writes})
    except Conflict:
        return False
    return _drafts_are_whole(writes) and _all_active(writes) and _milestones_are_same(writes)


def hold_read(rows: Sequence[Row], found: Found) -> bool:
    """All that the rows mean, before it is read again; False when a plan was activated or closed meanwhile."""
    try:
        hold(*found.plans.values())
    except Conflict:
        return False
    _locked(lookups.people_of(rows), "id", how="FOR SHARE")
    _locked(lookups.units_of(rows), "id", how="FOR SHARE")
    _locked(
        Milestone.objects.filter(pk__any_of=[one.id for one in found.stored.values()]), "id", how="FOR NO KEY UPDATE"
    )
    return True


def _drafts_are_whole(writes: Sequence[Write]) -> bool:
    """Only of a draft anything is ever deleted."""
    drafts = [write for write in writes if write.plan.is_draft]
    new = {write.pk for write in drafts if write.is_new}
    streams = {pk for write in drafts if (pk := _reference(write, "workstream_id"))}
    above = {pk for write in drafts if (pk := _reference(write, "parent_id"))} - new
    return _are_there(Workstream, streams) and _are_there(Milestone, above)


def _reference(write: Write, name: str) -> Any:
    return getattr(write.milestone, name) if write.is_new else write.columns.get(name)


def _are_there(model: type[Model], ids: Collection[uuid.UUID]) -> bool:
    return not ids or model._default_manager.filter(pk__any_of=list(ids)).count() == len(ids)


def _all_active(writes: Sequence[Write]) -> bool:
    """Whoever is given something that they did not have."""
    people: set[uuid.UUID] = set()
    units: set[uuid.UUID] = set()
    for write in writes:
        old = write.candidate.old_parties
        people |= {pk for pk in [_reference(write, "accountable_id")] if pk}
        units |= {pk for pk in [_reference(write, "lead_id")] if pk}
        for party in write.parties or ():
            if party.recorded not in old:
                units.add(party.organisation.pk)
                people |= {party.person.pk} if party.person else set()
    return _are_active(Person.objects.all(), people) and _are_active(Organisation.objects.all(), units)


def _are_active(rows: QuerySet[Any], ids: Collection[uuid.UUID]) -> bool:
    found = _locked(rows.filter(pk__any_of=list(ids)), "is_active", how="FOR SHARE") if ids else []
    return len(found) == len(ids) and all(is_active for (is_active,) in found)


def _milestones_are_same(writes: Sequence[Write]) -> bool:
    read = {write.pk: write.milestone.version for write in writes if not write.is_new}
    if not read:
        return True
    rows = _locked(Milestone.objects.filter(pk__any_of=list(read)), "id", "version", how="FOR NO KEY UPDATE")
    stored = {pk if isinstance(pk, uuid.UUID) else uuid.UUID(pk): version for pk, version in rows}
    return stored == read


def _locked(rows: QuerySet[Any], *columns: str, how: str) -> list[tuple[Any, ...]]:
    try:
        sql, params = rows.order_by("pk").values_list(*columns).query.sql_with_params()
    except EmptyResultSet:  # nobody is named
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} {how}" if connection.vendor == "postgresql" else sql, params)
        return cursor.fetchall()
