"""Does the database itself keep its rules when somebody writes past the verbs?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from milestones.changes.publish import publish
from milestones.models import ChangeEntry, DateRevision, GuardRefusal, HistorySeal, Notice, Plan, Reading
from milestones.models.triggers import FOLLOWINGS, TRIGGERS, install
from milestones.planning import operations
from milestones.targets import operations as targets
from tests import cast as casting
from tests.cast import NOW, Q3, SYSTEM, Cast

pytestmark = pytest.mark.django_db


def sql(statement: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def key(obj: Any) -> Any:
    """The primary key as this database stores it."""
    return obj.pk.hex if connection.vendor == "sqlite" and hasattr(obj.pk, "hex") else obj.pk


def revision(cast: Cast) -> DateRevision:
    operations.reschedule(cast.roof, Q3, reason="台风", actor=SYSTEM, now=NOW)
    return cast.roof.date_revisions.get()


def reading(cast: Cast) -> Reading:
    return targets.record_reading(
        cast.target, as_of=date(2023, 1, 10), value=Decimal(3), source="统计局", actor=SYSTEM, now=NOW
    )


def numbered(cast: Cast) -> ChangeEntry:
    publish()
    return ChangeEntry.objects.order_by("id")[0]


def seal(cast: Cast) -> HistorySeal:
    return HistorySeal.objects.create(first_seq=90_001, last_seq=90_002, digest="0" * 64, at=NOW)


def refusal(cast: Cast) -> GuardRefusal:
    told = {"at": NOW, "actor_label": "office", "via": "web", "field": "title", "rule": "level", "sha256": "0" * 64}
    return GuardRefusal.objects.create(**told)


def notice(cast: Cast) -> Notice:
    day = date(2023, 1, 12)
    told = {"organisation": cast.bureau, "matter": "加快", "issued_on": day, "respond_by": day}
    stamps = {"created_at": NOW, "updated_at": NOW}
    return Notice.objects.create(milestone=cast.roof, year=2023, number=90_001, level="blue", **told, **stamps)


# trigger → the row, and a statement past the verbs that must be refused
REFUSED: dict[str, tuple[Callable[[Cast], Any], str]] = {
    "date_revision_no_update": (revision, "UPDATE milestones_daterevision SET reason = 'x' WHERE id = %s"),
    "date_revision_no_delete": (revision, "DELETE FROM milestones_daterevision WHERE id = %s"),
    "reading_no_update": (reading, "UPDATE milestones_reading SET value = 4 WHERE id = %s"),
    "reading_no_delete": (reading, "DELETE FROM milestones_reading WHERE id = %s"),
    "change_only_numbered_once": (numbered, "UPDATE milestones_changeentry SET seq = seq + 1000 WHERE id = %s"),
    "change_no_delete": (numbered, "DELETE FROM milestones_changeentry WHERE id = %s"),
    "seal_no_update": (seal, "UPDATE milestones_historyseal SET digest = 'x' WHERE id = %s"),
    "seal_no_delete": (seal, "DELETE FROM milestones_historyseal WHERE id = %s"),
    "refusal_no_update": (refusal, "UPDATE milestones_guardrefusal SET sha256 = 'x' WHERE id = %s"),
    "refusal_no_delete": (refusal, "DELETE FROM milestones_guardrefusal WHERE id = %s"),
    "notice_number_fixed": (notice, "UPDATE milestones_notice SET number = number + 1 WHERE id = %s"),
    "notice_no_delete": (notice, "DELETE FROM milestones_notice WHERE id = %s"),
    "milestone_baseline_fixed": (
        lambda c: c.roof,
        "UPDATE milestones_milestone SET baseline_on = '2024-12-31' WHERE id = %s",
    ),
    "plan_demo_fixed": (lambda c: c.plan, "UPDATE milestones_plan SET is_demo = NOT is_demo WHERE id = %s"),
}
MESSAGES = {trigger.name: trigger.message for trigger in TRIGGERS}


def test_every_trigger_has_a_row_in_this_table() -> None:
    assert set(REFUSED) == set(MESSAGES)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_write_past_the_verbs_is_refused_in_words(running: Cast, name: str) -> None:
    make, statement = REFUSED[name]
    row = make(running)
    before = type(row).objects.filter(pk=row.pk).values().get()
    with pytest.raises(IntegrityError, match=MESSAGES[name]):
        sql(statement, key(row))
    assert type(row).objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("name", MESSAGES)
def test_without_the_trigger_the_same_write_would_pass(running: Cast, name: str) -> None:
    """The refusal above comes from the trigger and from nothing else."""
    make, statement = REFUSED[name]
    row = make(running)
    trigger = next(t for t in TRIGGERS if t.name == name)
    sql(f"DROP TRIGGER {name}" + (f" ON {trigger.table}" if connection.vendor == "postgresql" else ""))
    sql(statement, key(row))
    install(connection)


COLUMNS = {
    "id": "id + 100000",
    "entity": "'plan'",
    "object_id": "(SELECT id FROM milestones_plan LIMIT 1)",
    "op": "'delete'",
    "version": "version + 1",
    "verb": "'other'",
    "changes": "'{}'",
    "reason": "'other'",
    "actor_id": "(SELECT id FROM milestones_plan LIMIT 1)",
    "actor_label": "'other'",
    "client": "'other'",
    "via": "'api'",
    "plan_id": "NULL",
    "at": "'2020-01-01 00:00:00'",
}


def test_the_table_of_columns_is_complete() -> None:
    assert {f.column for f in ChangeEntry._meta.concrete_fields} == set(COLUMNS) | {"seq"}


@pytest.mark.parametrize("column", COLUMNS)
def test_numbering_an_entry_changes_nothing_else_of_it(cast: Cast, column: str) -> None:
    entry = ChangeEntry.objects.of(cast.roof).get()
    with pytest.raises(IntegrityError, match="append-only"):
        sql(f"UPDATE milestones_changeentry SET seq = 1, {column} = {COLUMNS[column]} WHERE id = %s", entry.pk)
    sql("UPDATE milestones_changeentry SET seq = 1 WHERE id = %s", entry.pk)


def test_an_entry_stays_unnumbered_or_numbered(cast: Cast) -> None:
    entry = numbered(cast)
    for value in ("NULL", "seq"):
        with pytest.raises(IntegrityError, match="append-only"):
            sql(f"UPDATE milestones_changeentry SET seq = {value} WHERE id = %s", entry.pk)


@pytest.mark.parametrize("column", ["baseline_on = '2023-11-30'", "baseline_precision = 'day'"])
def test_a_baseline_is_free_in_a_draft_and_fixed_afterwards_for_ever(cast: Cast, column: str) -> None:
    statement = f"UPDATE milestones_milestone SET {column} WHERE id = %s"
    sql("UPDATE milestones_milestone SET baseline_precision = 'month' WHERE id = %s", key(cast.roof))
    sql(statement, key(cast.roof))
    for step in (cast.activate, cast.close):
        step()
        with pytest.raises(IntegrityError, match="the baseline is fixed"):
            sql("UPDATE milestones_milestone SET baseline_on = '2025-12-31' WHERE id = %s", key(cast.roof))


def test_any_other_column_moves_on_beside_a_fixed_baseline(running: Cast) -> None:
    sql("UPDATE milestones_milestone SET due_on = '2024-12-31', title = 'x' WHERE id = %s", key(running.roof))


def test_readings_of_a_draft_may_go_with_it(cast: Cast) -> None:
    row = reading(cast)
    sql("DELETE FROM milestones_reading WHERE id = %s", key(row))
    assert not Reading.objects.exists()


def test_rows_of_a_demonstration_may_go_with_it(db: None) -> None:
    cast = casting.assemble(is_demo=True)
    cast.activate()
    for row in (revision(cast), reading(cast)):
        with pytest.raises(IntegrityError, match="append-only"):
            sql(f"UPDATE {row._meta.db_table} SET id = id WHERE id = %s", key(row))
        sql(f"DELETE FROM {row._meta.db_table} WHERE id = %s", key(row))
    assert not DateRevision.objects.exists()
    assert not Reading.objects.exists()


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_plan_becomes_neither_a_demonstration_nor_a_real_one(db: None, is_demo: bool) -> None:
    plan = casting.plan(is_demo=is_demo)
    with pytest.raises(IntegrityError, match="demonstration"):
        sql("UPDATE milestones_plan SET is_demo = NOT is_demo WHERE id = %s", key(plan))
    assert Plan.objects.get().is_demo is is_demo


def test_installing_twice_leaves_one_of_each(running: Cast) -> None:
    install(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if connection.vendor == "sqlite"
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
        assert sorted(name for (name,) in cursor.fetchall()) == sorted([*MESSAGES, *(one.name for one in FOLLOWINGS)])
