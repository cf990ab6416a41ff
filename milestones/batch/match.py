"""Which of our milestones do the keys of the rows mean, and how do those stand?"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import orjson
from django.db import connection

from milestones import access
from milestones.actors import Actor
from milestones.models import Milestone, Plan

from .rows import Keyed, Row

Pair = tuple[str, str]


class Stored(msgspec.Struct, gc=False):
    """A milestone as it is, by natural keys, so that it compares with a row as the row stands."""

    id: uuid.UUID
    version: int
    plan: str
    workstream: str
    code: str
    title: str
    title_en: str
    kind: str
    stage: str
    description: str
    criterion: str
    weight: int
    accountable: str | None
    lead: str | None
    parent: str | None
    source_start: int | None
    source_end: int | None
    due_on: date
    due_precision: str
    forecast_on: date | None
    forecast_precision: str | None


NATURAL = {"plan": "code", "workstream": "code", "accountable": "email", "lead": "code", "parent": "code"}
COLUMNS = [f"{name}__{NATURAL[name]}" if name in NATURAL else name for name in Stored.__struct_fields__]


@dataclass(frozen=True)
class Found:
    """Row by row: its ref, its plan and code, the milestone that these mean, whether the ref is known.

    By key: who has that reference, each milestone that the actor sees (by the integer of its id), each plan (by code).
    """

    own: Sequence[Pair | None]
    places: Sequence[Pair | None]
    meant: Sequence[uuid.UUID | None]
    known: Sequence[bool]
    refs: dict[Pair, uuid.UUID]
    stored: dict[int, Stored]
    plans: dict[str, Plan]


def match(rows: Sequence[Row], actor: Actor) -> Found:
    """Five queries at most, however many rows."""
    own = [row.ref.key if row.ref else None for row in rows]
    places = [row.codes for row in rows]
    refs = _by_refs({*own, *(ref.key for row in rows if row.external_refs for ref in row.external_refs)} - {None})
    plans = _plans({row.plan for row in rows if row.plan}, actor)
    meant: list[uuid.UUID | None] = [refs.get(key) if key else None for key in own]
    known = [pk is not None for pk in meant]
    meant = [(row.id or pk) if isinstance(row, Keyed) else pk for row, pk in zip(rows, meant, strict=True)]
    bare = {place for place, pk in zip(places, meant, strict=True) if pk is None and place and place[0] in plans}
    codes = _by_codes(bare, plans)
    if codes:
        meant = [pk or (codes.get(place) if place else None) for pk, place in zip(meant, places, strict=True)]
    stored = _stored([pk for pk in meant if pk is not None], actor)
    return Found(own, places, meant, known, refs, stored, plans | _others(plans, stored))


def _others(plans: dict[str, Plan], stored: dict[int, Stored]) -> dict[str, Plan]:
    """The plans of rows that do not say in which plan they are."""
    missing = {one.plan for one in stored.values()} - plans.keys()
    return {plan.code: plan for plan in Plan.objects.filter(code__in=missing)} if missing else {}


def _plans(codes: set[str], actor: Actor) -> dict[str, Plan]:
    rows = access.visible(Plan.objects.filter(code__in=codes), actor) if codes else ()
    return {plan.code: plan for plan in rows}


def _stored(wanted: list[uuid.UUID], actor: Actor) -> dict[int, Stored]:
    if not wanted:
        return {}
    ids = deque(wanted)  # of a list or tuple Django would look at each element
    rows = access.visible(Milestone.objects.filter(pk__any_of=ids), actor).order_by()
    return {row[0].int: Stored(*row) for row in rows.values_list(*COLUMNS)}


def _by_refs(keys: set[Any]) -> dict[Pair, uuid.UUID]:
    sql = (
        "SELECT r.system, r.external_id, r.object_id FROM {keys} {join} milestones_externalref r "
        "ON r.entity = 'milestone' AND r.system = {first} AND r.external_id = {second}"
    )
    return {(system, external): pk for system, external, pk in _joined(sql, keys)}


def _by_codes(keys: set[Pair], plans: dict[str, Plan]) -> dict[Pair, uuid.UUID]:
    names = {plan.pk: plan.code for plan in plans.values()}
    return {(names[plan], code): pk for (plan, code), pk in at((plans[plan], code) for plan, code in keys).items()}


def at(places: Iterable[tuple[Plan, str]]) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
    """By the plan's id and the code: the milestones that stand there."""
    sql = (
        "SELECT m.plan_id, m.code, m.id FROM {keys} {join} milestones_milestone m "
        "ON m.plan_id = {first_id} AND m.code = {second}"
    )
    ids: dict[int, str] = {}
    pairs = ((ids.get(id(plan)) or ids.setdefault(id(plan), _id(plan.pk)), code) for plan, code in places)
    found = _joined(sql, pairs)
    return {(_uuid(plan), code): pk for plan, code, pk in found}


def _joined(sql: str, pairs: Iterable[Pair]) -> Iterator[tuple[Any, Any, uuid.UUID]]:
    """Thousands of pairs travel as one parameter: an array of arrays in JSON."""
    text = orjson.dumps(list(pairs)).decode()
    if text == "[]":
        return
    words = _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**words), [text])
        for first, second, pk in cursor.fetchall():
            yield first, second, _uuid(pk)


_POSTGRESQL = {
    "keys": "jsonb_array_elements(%s::jsonb) AS k(pair)",
    "join": "JOIN",
    "first": "k.pair->>0",
    "first_id": "(k.pair->>0)::uuid",
    "second": "k.pair->>1",
}
_SQLITE = {
    "keys": "json_each(%s) AS k",
    "join": "CROSS JOIN",  # key by key; a table without statistics would be gone through for each of them
    "first": "json_extract(k.value, '$[0]')",
    "first_id": "json_extract(k.value, '$[0]')",
    "second": "json_extract(k.value, '$[1]')",
}


def _id(pk: uuid.UUID) -> str:
    return str(pk) if connection.vendor == "postgresql" else pk.hex


def _uuid(pk: Any) -> uuid.UUID:
    return pk if isinstance(pk, uuid.UUID) else uuid.UUID(pk)
