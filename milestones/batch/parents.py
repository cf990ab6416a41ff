"""Which milestone does each row stand below, when that may be made by another row of the same batch?"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.errors import RuleBroken
from milestones.models import Milestone

from . import checking
from .lookups import Lookups, Place, place
from .writes import Write

Refused = list[tuple[Write, RuleBroken]]


def settle(writes: Sequence[Write], lookups: Lookups) -> Refused:
    """Give each write its parent; those that name none, or would stand below themselves."""
    asked = [write for write in writes if "parent" in write.candidate.names]
    if not asked:
        return []
    made = {(write.plan.pk, write.milestone.code): write.milestone for write in writes if write.is_new}
    refused: Refused = []
    for write in asked:
        try:
            _give(write, lookups, made)
        except RuleBroken as error:
            refused.append((write, error))
    lost = {id(write) for write, _error in refused}
    return refused + _circles([write for write in asked if id(write) not in lost])


def orphans(writes: Sequence[Write], gone: set[uuid.UUID]) -> Refused:
    """Those that stand below a milestone that will not be made after all, or below such a one."""
    found: Refused = []
    while lost := [write for write in writes if write.pk not in gone and _parent(write) in gone]:
        words = _("Its parent is a row of this batch that is refused.")
        found += [(write, RuleBroken(words, field="parent", code="reference")) for write in lost]
        gone |= {write.pk for write in lost}
    return found


def _give(write: Write, lookups: Lookups, made: Mapping[Place, Milestone]) -> None:
    path = write.candidate.names["parent"]
    new = made.get(place(write.plan, path)) if path else None
    parent = new or lookups.parent(write.plan, path)
    pk = parent.pk if parent else None
    if write.is_new:
        write.milestone.parent_id = pk
    elif write.milestone.parent_id != pk:
        write.touched = {**write.touched, "parent": parent}
        checking.settle(write)


def _circles(asked: Sequence[Write]) -> Refused:
    above = _above({write.plan.pk for write in asked}) | {write.pk: _parent(write) for write in asked}
    words = _("A milestone cannot stand below itself.")
    return [(one, RuleBroken(words, field="parent", code="cycle")) for one in asked if _comes_back(one.pk, above)]


def _above(plans: set[Any]) -> dict[uuid.UUID, uuid.UUID | None]:
    rows = Milestone.objects.filter(plan__in=plans, parent__isnull=False).order_by()
    return dict(rows.values_list("pk", "parent_id"))


def _comes_back(pk: uuid.UUID, above: Mapping[uuid.UUID, uuid.UUID | None]) -> bool:
    at, seen = above.get(pk), set[uuid.UUID]()
    while at is not None and at != pk and at not in seen:
        seen.add(at)
        at = above.get(at)
    return at == pk


def _parent(write: Write) -> uuid.UUID | None:
    found = write.columns.get("parent_id", write.milestone.parent_id)
    return found if isinstance(found, uuid.UUID) else None
