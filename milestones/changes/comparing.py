"""Do the entries of each object give its present row?"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from milestones.models import ChangeEntry, Plan
from milestones.models.base import Versioned

from . import present
from .faults import Fault, FaultKind
from .joining import beside, grouped
from .replay import Contradiction, Told, replay

ENTRIES = 2000  # at a time
READ_AGAIN = 5


def objects(model: type[Versioned], plan: Plan | None = None) -> Iterator[list[Fault]]:
    """What is wrong with each object, deleted ones included, in the order of their ids. Memory is that of a chunk.

    Rows and entries are read beside running verbs. So an object that seems wrong is read again by itself.
    """
    rows = ((row.obj.pk, row) for row in present.read(present.rows(model, plan)))
    for pk, entries, row in beside(grouped(_told(_entries(model, plan))), rows):
        yield read_again(model, pk) if check(model, entries or [], row) else []


def read_again(model: type[Versioned], pk: uuid.UUID) -> list[Fault]:
    """What is wrong with one object; the row is the same before and after its entries are read."""
    for _attempt in range(READ_AGAIN):
        row, entries = present.one(model, pk), [told for _pk, told in _told(_entries(model).filter(object_id=pk))]
        if _version(row) == _version(present.one(model, pk)):
            break
    about = f"{model._meta.model_name} {pk}"
    return [Fault(FaultKind.OBJECT, about, one.words, one.entries) for one in check(model, entries, row)]


def touched_between(first: int, last: int) -> Iterator[Fault]:
    """What is wrong with the objects that have an entry of these numbers."""
    within = ChangeEntry.objects.filter(seq__gte=first, seq__lte=last)
    models = {str(model._meta.model_name): model for model in present.business_models()}
    for entity, pk in within.order_by("entity", "object_id").values_list("entity", "object_id").distinct():
        if entity in models:
            yield from read_again(models[entity], pk)


def check(model: type[Versioned], entries: Sequence[Told], row: present.Row | None) -> list[Contradiction]:
    """Of one object; `row` is None when there is none."""
    if not entries:
        known = row is not None and present.born(row.obj) is not None
        return [] if known else [Contradiction(_("there is a row and no entry"))]
    told = replay(entries, present.defaults(model), masked=present.masked(model), born=_born(entries, row))
    if row is None:
        return told.contradictions + ([] if told.deleted else [Contradiction(_("its row is gone, without a deletion"))])
    if told.deleted:
        return [*told.contradictions, Contradiction(_("it was deleted and its row is still there"))]
    if told.version != row.obj.version:
        words = _("the row is at version %(row)s, its entries at %(entries)s")
        told.contradictions.append(Contradiction(words % {"row": row.obj.version, "entries": told.version}))
    told.compare(row.columns())
    return told.contradictions


def _born(entries: Sequence[Told], row: present.Row | None) -> Any:
    """Only what a migration made may begin with a change."""
    return present.born(row.obj) if row is not None and entries[0].version > 1 else None


def _version(row: present.Row | None) -> int:
    return row.obj.version if row is not None else 0


def _entries(model: type[Versioned], plan: Plan | None = None) -> QuerySet[ChangeEntry]:
    found = ChangeEntry.objects.filter(entity=model._meta.model_name).order_by("object_id", "id")
    if plan is None:
        return found
    return found.filter(Q(plan_id=plan.pk) | Q(object_id__in=present.rows(model, plan).order_by().values("pk")))


def _told(entries: QuerySet[ChangeEntry]) -> Iterator[tuple[uuid.UUID, Told]]:
    found = entries.values_list("object_id", "seq", "op", "version", "changes")
    for pk, *told in found.iterator(chunk_size=ENTRIES):
        yield pk, Told(*told)
