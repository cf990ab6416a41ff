"""Which of many milestones have another health than the stored one, and how is it written at once?"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from milestones.actors import Actor
from milestones.models import ChangeEntry, Milestone, Op, Via
from milestones.workdays.calendar import Calendar

from . import health, health_loading

KEPT = ("pk", "version", "plan_id", "health", "health_reason", "behind_since")
TABLE = Milestone._meta.db_table


@dataclass(frozen=True, slots=True)
class Stale:
    """A milestone as stored, and as it should be."""

    row: dict[str, Any]
    found: health.Assessment
    behind_since: date | None = None

    @property
    def changes(self) -> dict[str, list[Any]]:
        """As the history has it: column → [old, new]."""
        pairs = {"health": self.found.health, "health_reason": self.found.reason}
        changed = {name: [self.row[name], new] for name, new in pairs.items() if self.row[name] != new}
        if self.row["behind_since"] != self.behind_since:
            changed["behind_since"] = [_iso(self.row["behind_since"]), _iso(self.behind_since)]
        return changed


def load(milestones: Collection[Any]) -> list[dict[str, Any]]:
    rows = Milestone.objects.filter(pk__any_of=list(milestones)).order_by()
    return list(rows.values(*KEPT, *health_loading.COLUMNS))


def stale(rows: Sequence[dict[str, Any]], days: Calendar, now: datetime) -> list[Stale]:
    """Those of the loaded rows that must be written anew; three queries."""
    near = health_loading.around([row["pk"] for row in rows], now)
    checked = (_assess(row, near, days, now) for row in rows)
    return [one for one in checked if one.changes]


def store(changed: Sequence[Stale], actor: Actor, verb: str, now: datetime) -> int:
    """Write health, version and one change entry each; the caller has held the rows since before it loaded them."""
    if changed:
        _update(changed, now)
        ChangeEntry.objects.bulk_create([_entry(one, actor, verb, now) for one in changed])
    return len(changed)


def _assess(row: dict[str, Any], near: health_loading.Around, days: Calendar, now: datetime) -> Stale:
    facts, today = health_loading.facts(row, row["pk"], near), health_loading.today(row, now)
    found = health.assess(facts, today, days)
    return Stale(row, found, health.behind_since(facts, found, row["behind_since"], today))


def _update(changed: Sequence[Stale], now: datetime) -> None:
    """One statement: Django's bulk_update is an order of magnitude slower on a table as wide as this one."""
    ids = [one.row["pk"] for one in changed]
    colours = [one.found.health for one in changed]
    reasons = [json.dumps(one.found.reason) if one.found.reason else None for one in changed]
    since = [one.behind_since for one in changed]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"UPDATE {TABLE} AS m SET health = new.health, health_reason = new.reason::jsonb, "  # noqa: S608 - ours
                "behind_since = new.since, version = m.version + 1, updated_at = %s "
                "FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::date[]) AS new(id, health, reason, since) "
                "WHERE m.id = new.id",
                [now, ids, colours, reasons, since],
            )
        else:
            at = Milestone._meta.get_field("updated_at").get_db_prep_save(now, connection)
            cursor.executemany(
                f"UPDATE {TABLE} SET health = %s, health_reason = %s, behind_since = %s, "  # noqa: S608 - ours
                "version = version + 1, updated_at = %s WHERE id = %s",
                [
                    (colour, why, _iso(day), at, pk.hex)
                    for pk, colour, why, day in zip(ids, colours, reasons, since, strict=True)
                ],
            )


def _entry(one: Stale, actor: Actor, verb: str, now: datetime) -> ChangeEntry:
    return ChangeEntry(
        entity=str(Milestone._meta.model_name),
        object_id=one.row["pk"],
        op=Op.UPDATE,
        version=one.row["version"] + 1,
        verb=verb,
        changes=one.changes,
        actor_label=actor.label,
        via=Via(actor.via),
        plan_id=one.row["plan_id"],
        at=now,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
