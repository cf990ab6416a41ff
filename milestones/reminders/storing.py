"""How do many rows get in at once? Past the ORM, whose share was the largest; of the ledger one statement a kind.

Rows that differ only in milestone and recipient (a step that falls on one day for a thousand milestones) are one
INSERT; the ledger's unique key keeps out what is there already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from milestones.models import OutgoingMail, Reminder, ReminderState
from milestones.models.base import uuid7
from milestones.models.lookups import array

from .decisions import New

VARYING = ("id", "milestone_id", "recipient_id", "due_version")
SHARED = (
    "step_id",
    "step_version_id",
    "occurrence",
    "channel",
    "day",
    "state",
    "reason",
    "planned_at",
    "updated_at",
)


def insert(rows: Iterable[New], now: datetime) -> None:
    """Add the rows that the ledger does not have yet."""
    kinds: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for new in rows:
        step = new.occurrence.step
        state = ReminderState.SUPPRESSED if new.reason else ReminderState.PLANNED
        day, number = new.occurrence.day, new.occurrence.number
        kind = (step.step, step.version, number, new.channel, day, str(state), new.reason, now, now)
        kinds[kind].append((uuid7(), new.look.id, new.recipient, new.look.due_version))
    for kind, members in kinds.items():
        _insert(_prepared(SHARED, kind), members)


def insert_mails(mails: Iterable[OutgoingMail]) -> None:
    """Add those of which the outbox has none like it yet. One by one: in an array every quote of the HTML would be
    escaped, at twice the cost."""
    fields = OutgoingMail._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(field.attname) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {OutgoingMail._meta.db_table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608
            [[field.get_db_prep_save(getattr(mail, field.attname), connection) for field in fields] for mail in mails],
        )


def lock(reminders: Sequence[Any]) -> None:
    """Before they are written, in the order in which `digests` locks them: neither waits for the other in a circle."""
    if reminders:
        rows = Reminder.objects.planned().filter(pk__any_of=list(reminders)).order_by("pk")
        list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def _insert(shared: Sequence[Any], members: list[tuple[Any, ...]]) -> None:
    table = Reminder._meta.db_table
    columns = ", ".join((*VARYING, *SHARED))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            marks = ", ".join(["%s"] * len(SHARED))
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT u.*, {marks} "  # noqa: S608 - names of ours
                "FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::int[]) AS u ON CONFLICT DO NOTHING",
                [
                    *shared,
                    *(array(getattr(one, "hex", one) for one in column) for column in zip(*members, strict=True)),
                ],
            )
        else:
            marks = ", ".join(["%s"] * (len(VARYING) + len(SHARED)))
            cursor.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608
                [(*_prepared(VARYING, member), *shared) for member in members],
            )


def _prepared(names: Sequence[str], values: Sequence[Any]) -> list[Any]:
    """Values as this database's driver takes them for these columns."""
    fields = [_FIELDS[name] for name in names]
    return [field.get_db_prep_save(value, connection) for field, value in zip(fields, values, strict=True)]


_FIELDS: dict[str, Any] = {field.attname: field for field in Reminder._meta.concrete_fields}
