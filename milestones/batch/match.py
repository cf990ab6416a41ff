"""Which of our milestones do the keys of the rows mean, and how do those stand?"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
import orjson
from django.db import connection
from django.db.models import Q

from milestones import access
from milestones.actors import Actor
from milestones.models import Milestone, Plan

from .rows import Row

Pair = tuple[str, str]


class Stored(msgspec.Struct, gc=False):
    """A milestone as it is, by natural keys, so that it compares with a row as the row stands."""

    id: uuid.UUID
    version: int
    plan_id: uuid.UUID
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


NATURAL = {"workstream": "code", "accountable": "email", "lead": "code", "parent": "code"}
COLUMNS = [f"{name}__{NATURAL[name]}" if name in NATURAL else name for name in Stored.__struct_fields__]


@dataclass(frozen=True)
class Found:
    """`plans` are those that the actor sees, by code; `refs` and `codes` (by plan code and code) lead to ids, of which
    `stored` holds those that the actor sees."""

    plans: dict[str, Plan] = field(default_factory=dict)
    refs: dict[Pair, uuid.UUID] = field(default_factory=dict)
    codes: dict[Pair, uuid.UUID] = field(default_factory=dict)
    stored: dict[uuid.UUID, Stored] = field(default_factory=dict)
    plan_of: dict[uuid.UUID, Plan] = field(default_factory=dict)


def match(rows: Sequence[Row], actor: Actor) -> Found:
    """Four queries, however many rows."""
    refs = _by_refs({ref.key for row in rows for ref in row.refs})
    plans = _plans({row.plan for row in rows if isinstance(row.plan, str)}, actor)
    codes = _by_codes({codes for row in rows if (codes := row.codes) and codes[0] in plans}, plans)
    named = (row.ref.key for row in rows if row.ref)
    wanted = {pk for key in named if (pk := refs.get(key))} | set(codes.values())
    stored = _stored(wanted, actor)
    by_id = {plan.pk: plan for plan in plans.values()}
    missing = {one.plan_id for one in stored.values()} - by_id.keys()
    by_id |= {plan.pk: plan for plan in Plan.objects.filter(pk__in=missing)} if missing else {}
    return Found(plans, refs, codes, stored, by_id)


def _plans(codes: set[str], actor: Actor) -> dict[str, Plan]:
    if not codes:
        return {}
    return {plan.code: plan for plan in access.visible(Plan.objects.filter(Q(code__in=codes)), actor)}


def _stored(wanted: set[uuid.UUID], actor: Actor) -> dict[uuid.UUID, Stored]:
    if not wanted:
        return {}
    rows = access.visible(Milestone.objects.filter(pk__any_of=list(wanted)), actor).order_by()
    return {row[0]: Stored(*row) for row in rows.values_list(*COLUMNS)}


def _by_refs(keys: set[Pair]) -> dict[Pair, uuid.UUID]:
    sql = (
        "SELECT r.system, r.external_id, r.object_id FROM {keys} JOIN milestones_externalref r "
        "ON r.entity = 'milestone' AND r.system = {first} AND r.external_id = {second}"
    )
    return {(system, external): pk for system, external, pk in _joined(sql, keys)}


def _by_codes(keys: set[Pair], plans: dict[str, Plan]) -> dict[Pair, uuid.UUID]:
    names = {plan.pk: plan.code for plan in plans.values()}
    return {(names[plan], code): pk for (plan, code), pk in at((plans[plan], code) for plan, code in keys).items()}


def at(places: Iterable[tuple[Plan, str]]) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
    """By the plan's id and the code: the milestones that stand there."""
    sql = (
        "SELECT m.plan_id, m.code, m.id FROM {keys} JOIN milestones_milestone m "
        "ON m.plan_id = {first_id} AND m.code = {second}"
    )
    found = _joined(sql, ((_id(plan.pk), code) for plan, code in places))
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
    "first": "k.pair->>0",
    "first_id": "(k.pair->>0)::uuid",
    "second": "k.pair->>1",
}
_SQLITE = {
    "keys": "json_each(%s) AS k",
    "first": "json_extract(k.value, '$[0]')",
    "first_id": "json_extract(k.value, '$[0]')",
    "second": "json_extract(k.value, '$[1]')",
}


def _id(pk: uuid.UUID) -> str:
    return str(pk) if connection.vendor == "postgresql" else pk.hex


def _uuid(pk: Any) -> uuid.UUID:
    return pk if isinstance(pk, uuid.UUID) else uuid.UUID(pk)
