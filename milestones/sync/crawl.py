"""How is everything that a reader sees, or a part of it, delivered in pages while it goes on changing?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet

from milestones import access
from milestones.models import Milestone
from milestones.shapes import SHAPES
from milestones.shapes.sql import Instant

from .cursor import Cursor, Gone
from .entries import Entry, widening
from .reader import Reader
from .rows import Row


class Piece(NamedTuple):
    """`last` is the id to go on after; None when there is nothing more."""

    rows: list[Row]
    last: str | None


Give = Callable[[str, str, int], Piece]


def crawl(entities: Sequence[str], place: Cursor, limit: int, give: Give) -> tuple[list[Row], Cursor | None]:
    """Rows of `entities` from `place` on, and where to go on (None: that was all). A row is read when it is delivered:
    what changes behind the crawl comes afterwards, as a change."""
    if place.entity and place.entity not in entities:
        raise Gone
    rows: list[Row] = []
    last = place.last
    for entity in entities[entities.index(place.entity) if place.entity else 0 :]:
        if len(rows) == limit:
            return rows, replace(place, entity=entity, last="")
        piece = give(entity, last, limit - len(rows))
        rows += piece.rows
        if piece.last is not None:
            return rows, replace(place, entity=entity, last=piece.last)
        last = ""
    return rows, None


# --- The present state ------------------------------------------------------------------------------------------------
def present(reader: Reader, place: Cursor, limit: int) -> tuple[list[Row], Cursor | None]:
    """Everything the reader sees, as from the number at which this crawl began."""

    def give(entity: str, last: str, most: int) -> Piece:
        rows = _after(reader.rows_of(entity), last)[: most + 1]
        return _cut(list(_upserts(reader, entity, rows, place.seq)), most)

    return crawl(reader.entities, place, limit, give)


# --- Consequences -----------------------------------------------------------------------------------------------------
def consequences(reader: Reader, place: Cursor, limit: int) -> tuple[list[Row], Cursor | None]:
    """What came into view or left it with the milestones and plans that changed after `place.since`, up to `place.seq`.

    What is seen now is delivered as it is now. What hangs on a milestone that is not seen any more is taken back; if
    the milestone comes back later, that change brings all of it again.
    """
    scope = _Scope.of(reader, widening(reader, place.since, place.seq))

    def give(entity: str, last: str, most: int) -> Piece:
        rows = scope.rows(entity)
        if rows is None:
            return Piece([], None)
        ids = list(_after(rows, last).values_list("pk", flat=True)[: most + 1])
        held, more = ids[:most], len(ids) > most
        return Piece(scope.told(reader, entity, held, place.seq), str(held[-1]) if more else None)

    return crawl([entity for entity in reader.entities if entity in INSIDE], place, limit, give)


# Those that lie in a plan; the plan itself is told by its own change.
INSIDE = frozenset(name for name, shape in SHAPES.items() if access.PLAN_OF.get(shape.model))


class _Scope(NamedTuple):
    plans: set[UUID]
    milestones: set[UUID]
    unseen: set[UUID]  # of the milestones

    @classmethod
    def of(cls, reader: Reader, entries: Sequence[Entry]) -> _Scope:
        plans = {entry.object_id for entry in entries if entry.name == "plan"}
        milestones = {entry.object_id for entry in entries if entry.name == "milestone"}
        seen = reader.sees(Milestone.objects.filter(pk__any_of=milestones)).values_list("pk", flat=True)
        return cls(plans, milestones, milestones - set(seen) if milestones else set())

    def rows(self, entity: str) -> QuerySet[Any] | None:
        model = SHAPES[entity].model
        inside = hanging_on(model, self.milestones) if self.milestones else Q()
        if self.plans:
            inside |= Q(**{f"{access.PLAN_OF[model]}pk__in": self.plans})
        return model._default_manager.filter(inside).order_by() if inside else None

    def told(self, reader: Reader, entity: str, ids: Sequence[UUID], seq: int) -> list[Row]:
        rows = SHAPES[entity].model._default_manager.filter(pk__any_of=ids).order_by("pk")
        upserts = list(_upserts(reader, entity, reader.sees(rows), seq))
        left = hanging_on(rows.model, self.unseen) if self.unseen else Q()
        if not left or len(upserts) == len(ids):
            return upserts
        gone = rows.filter(left).exclude(pk__in=[row.id for row in upserts])
        made = gone.annotate(feed_at=Instant(F("updated_at"))).values_list("pk", "version", "feed_at")
        return upserts + [Row(seq, entity, pk, version, at, None) for pk, version, at in made]


def hanging_on(model: type[Model], milestones: set[UUID]) -> Q:
    """Empty for what hangs on no milestone, and for milestones themselves."""
    found = Q()
    for path in access.MILESTONES_OF.get(model, ()):
        if path:
            found |= Q(**{f"{path}pk__any_of": milestones})
    return found


# --- Both -------------------------------------------------------------------------------------------------------------
def _after(rows: QuerySet[Any], last: str) -> QuerySet[Any]:
    return (rows.filter(pk__gt=last) if last else rows).order_by("pk")


def _upserts(reader: Reader, entity: str, rows: QuerySet[Any], seq: int) -> list[Row]:
    made = rows.annotate(feed_at=Instant(F("updated_at")))
    found = SHAPES[entity].rows(made, reader.shown, "pk", "version", "feed_at")
    return [Row(seq, entity, pk, version, at, data) for pk, version, at, data in found]


def _cut(rows: list[Row], most: int) -> Piece:
    return Piece(rows[:most], str(rows[most - 1].id) if len(rows) > most else None)
