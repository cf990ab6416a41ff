"""How do a plan, people and any number of milestones come into an empty database quickly?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from milestones.models import Milestone, NextLook, OutgoingMail, Person, Plan, Reminder, Workstream

NOW = datetime(2023, 6, 15, 2, tzinfo=timezone.get_fixed_timezone(0))  # a Thursday, 10:00 in Shanghai
NIGHT = datetime(2023, 6, 14, 16, 30, tzinfo=timezone.get_fixed_timezone(0))  # the same day, before anybody's hour
DUE_IN_7 = date(2023, 6, 27)  # seven working days later: the 22nd to 24th are free, the 25th (a Sunday) is worked
FAR = date(2023, 12, 15)


def empty() -> None:
    """As new: no dead rows of the run before are left for the next one to wade through."""
    models = (Reminder, OutgoingMail, NextLook, Milestone)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in models)} CASCADE")
            return
        for model in models:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")


def plan() -> tuple[Plan, Workstream]:
    start = NOW.replace(month=1)
    one, _made = Plan.objects.get_or_create(
        code="bench",
        defaults={
            "title": "Bench",
            "year": 2023,
            "starts_on": date(2023, 1, 1),
            "ends_on": date(2023, 12, 31),
            "state": "active",
            "activated_at": start,
            "created_at": start,
            "updated_at": start,
        },
    )
    stream, _made = Workstream.objects.get_or_create(
        plan=one, code="B", defaults={"title": "B", "created_at": start, "updated_at": start}
    )
    return one, stream


def people(count: int) -> list[Person]:
    known = list(Person.objects.order_by("email")[:count])
    new = [
        Person(
            display_name=f"Owner {n}",
            email=f"owner{n:05}@example.org",
            language="zh-hans" if n % 2 else "en",
            send_hour=8,
            created_at=NOW,
            updated_at=NOW,
        )
        for n in range(len(known), count)
    ]
    return known + Person.objects.bulk_create(new)


def milestones(first: int, count: int, due: date, owners: list[Person], look_at: datetime) -> None:
    """`count` open milestones numbered from `first`, round robin over `owners`, by one INSERT … SELECT."""
    one, stream = plan()
    template = Milestone(
        plan=one,
        workstream=stream,
        code="?",
        title="Structure of the western tower topped out",
        kind="construction",
        baseline_on=due,
        baseline_precision="day",
        due_on=due,
        due_precision="day",
        reminded_since=NOW - timedelta(days=3),  # what was due earlier has been sent: one step is new
        created_at=NOW.replace(month=1),
        updated_at=NOW.replace(month=1),
    )
    fields = [f for f in Milestone._meta.concrete_fields if f.attname not in ("id", "code", "accountable_id")]
    values = [f.get_db_prep_save(getattr(template, f.attname), connection) for f in fields]
    columns = ", ".join(connection.ops.quote_name(f.column) for f in fields)
    marks = ", ".join(f"%s{_cast(f)}" for f in fields)
    new_id, owner = _dialect(len(owners))
    with connection.cursor() as cursor:
        _owner_table(cursor, owners)
        for start in range(first, first + count, 50_000):
            stop = min(start + 50_000, first + count) - 1
            cursor.execute(
                f"INSERT INTO milestones_milestone (id, code, accountable_id, {columns}) "
                f"WITH RECURSIVE n(i) AS (SELECT {start} UNION ALL SELECT i + 1 FROM n WHERE i < {stop}) "
                f"SELECT {new_id}, 'B-' || i, {owner}, {marks} FROM n",
                values,
            )
        cursor.execute(
            "INSERT INTO milestones_nextlook (milestone_id, at) SELECT id, %s FROM milestones_milestone m "
            "WHERE NOT EXISTS (SELECT 1 FROM milestones_nextlook l WHERE l.milestone_id = m.id)",
            [connection.ops.adapt_datetimefield_value(look_at)],
        )
        cursor.execute("VACUUM ANALYZE milestones_milestone" if connection.vendor == "postgresql" else "ANALYZE")


def _dialect(owners: int) -> tuple[str, str]:
    new_id = "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    return new_id, f"(SELECT id FROM bench_owner WHERE n = i %% {owners})"


def _cast(field: Any) -> str:
    return f"::{field.db_type(connection).split('(')[0]}" if connection.vendor == "postgresql" else ""


def _owner_table(cursor: Any, owners: list[Person]) -> None:
    kind = "uuid" if connection.vendor == "postgresql" else "char(32)"
    cursor.execute("DROP TABLE IF EXISTS bench_owner")
    cursor.execute(f"CREATE TABLE bench_owner (n integer PRIMARY KEY, id {kind})")
    pk = Person._meta.pk
    for n, person in enumerate(owners):
        cursor.execute("INSERT INTO bench_owner VALUES (%s, %s)", [n, pk.get_db_prep_save(person.pk, connection)])
