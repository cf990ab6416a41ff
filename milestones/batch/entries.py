"""What does history say of each row, and which dates moved? As tuples, ready to be stored."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import orjson

from milestones.actors import Actor
from milestones.changes import record
from milestones.models import Milestone, Op
from milestones.models.base import dates_of, uuid7
from milestones.planning.revisions import DATES as _NAMES

from .writes import Write

COLUMNS = (
    *("entity", "object_id", "op", "version", "verb", "changes", "reason"),
    *("actor_id", "actor_label", "client", "via", "plan_id", "at"),
)
REVISION = (
    *("id", "milestone_id", "which", "old_on", "old_precision", "new_on", "new_precision"),
    *("reason", "actor_id", "actor_label", "via", "at"),
)
_RECORDED = tuple(record.recorded_fields(Milestone))
_recorded = attrgetter(*_RECORDED)
_HALVES = dates_of(Milestone)
DATES = frozenset(_NAMES)


def entries(writes: Sequence[Write], actor: Actor, now: datetime) -> Iterator[tuple[Any, ...]]:
    entity, who = str(Milestone._meta.model_name), actor.person.pk if actor.person else None
    by = (who, actor.label, actor.client, str(actor.via))
    for write in writes:
        op, changes = (Op.CREATE, _created(write)) if write.is_new else (Op.UPDATE, _changed(write))
        about = (entity, write.pk, op.value, write.version, write.verb, _json(changes), write.reason)
        yield (*about, *by, write.milestone.plan_id, now)


def revisions(writes: Sequence[Write], actor: Actor, now: datetime) -> Iterator[tuple[Any, ...]]:
    """One for each date that moved in a plan that is no draft."""
    by = (actor.person.pk if actor.person else None, actor.label, str(actor.via), now)
    for write in writes:
        for which in () if write.is_new or write.plan.is_draft else write.touched.keys() & DATES:
            halves = (f"{which}_on", f"{which}_precision")
            old = tuple(getattr(write.milestone, half) for half in halves)
            new = tuple(write.columns.get(half, was) for half, was in zip(halves, old, strict=True))
            if old != new:
                yield (uuid7(), write.pk, which, *old, *new, write.reason, *by)


def _created(write: Write) -> dict[str, list[Any]]:
    values = zip(_RECORDED, _recorded(write.milestone), strict=True)
    changes = {name: [None, value] for name, value in values if value is not None and value != ""}
    return changes | {name: [None, new] for name, (_old, new) in write.parts.items() if new}


def _changed(write: Write) -> dict[str, list[Any]]:
    """Column → [old, new]; of a date both columns, as `record` tells it."""
    milestone, columns = write.milestone, write.columns
    pairs = {name: [getattr(milestone, name), new] for name, new in columns.items() if name not in record.UNRECORDED}
    changes = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    moved = {_HALVES[name] for name in changes if name in _HALVES}
    halves = {half: [getattr(milestone, half)] * 2 for name in moved for half in (f"{name}_on", f"{name}_precision")}
    return halves | changes | {name: [old, new] for name, (old, new) in write.parts.items()}


def _json(value: Any) -> str:
    """Ids and days become texts as history holds them. A number that orjson does not know is written the slow way."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, default=str)
