"""Which rules does the database itself keep, whoever writes to it? Append-only rows, the fixed baseline, what follows.

The same rules in the words of both databases; a migration installs them. Rows of a draft or demonstration plan may be
deleted with their plan; nothing else that is append-only ever goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

STATE_OF_ITS_PLAN = "(SELECT state FROM milestones_plan WHERE id = OLD.plan_id)"
OF_A_PLAN_THAT_MAY_GO = (
    "(SELECT p.is_demo OR p.state = 'draft' FROM milestones_plan p "
    "JOIN {table} o ON o.plan_id = p.id WHERE o.id = OLD.{column})"
)


@dataclass(frozen=True)
class Trigger:
    """`refuse_when` is an SQL condition on OLD and NEW, the same on both databases."""

    name: str
    table: str
    event: str
    refuse_when: str
    message: str


def _changed(*columns: str) -> str:
    """Compared as text, with null as the empty text: `IS DISTINCT FROM` is missing from older SQLite."""
    text = "COALESCE(CAST({row}.{column} AS TEXT), '')"
    return " OR ".join(
        f"{text.format(row='OLD', column=column)} <> {text.format(row='NEW', column=column)}" for column in columns
    )


TRIGGERS = (
    Trigger(
        "date_revision_no_update",
        "milestones_daterevision",
        "UPDATE",
        "TRUE",
        "date revisions are append-only",
    ),
    Trigger(
        "date_revision_no_delete",
        "milestones_daterevision",
        "DELETE",
        "NOT " + OF_A_PLAN_THAT_MAY_GO.format(table="milestones_milestone", column="milestone_id"),
        "date revisions are append-only",
    ),
    Trigger(
        "reading_no_update",
        "milestones_reading",
        "UPDATE",
        "TRUE",
        "readings are append-only",
    ),
    Trigger(
        "reading_no_delete",
        "milestones_reading",
        "DELETE",
        "NOT " + OF_A_PLAN_THAT_MAY_GO.format(table="milestones_target", column="target_id"),
        "readings are append-only",
    ),
    Trigger(
        "change_only_numbered_once",
        "milestones_changeentry",
        "UPDATE",
        "OLD.seq IS NOT NULL OR NEW.seq IS NULL OR "
        + _changed(*"id entity object_id op version verb changes reason".split())
        + " OR "
        + _changed(*"actor_id actor_label client via plan_id at".split()),
        "change entries are append-only",
    ),
    Trigger(
        "change_no_delete",
        "milestones_changeentry",
        "DELETE",
        "TRUE",
        "change entries are append-only",
    ),
    Trigger("seal_no_update", "milestones_historyseal", "UPDATE", "TRUE", "seals are append-only"),
    Trigger("seal_no_delete", "milestones_historyseal", "DELETE", "TRUE", "seals are append-only"),
    Trigger("refusal_no_update", "milestones_guardrefusal", "UPDATE", "TRUE", "refusals are append-only"),
    Trigger("refusal_no_delete", "milestones_guardrefusal", "DELETE", "TRUE", "refusals are append-only"),
    Trigger(
        "notice_number_fixed",
        "milestones_notice",
        "UPDATE",
        _changed("year", "number"),
        "the number of a notice is given once",
    ),
    Trigger(
        "notice_no_delete",
        "milestones_notice",
        "DELETE",
        "NOT " + OF_A_PLAN_THAT_MAY_GO.format(table="milestones_milestone", column="milestone_id"),
        "notices are cancelled, never deleted",
    ),
    Trigger(
        "milestone_baseline_fixed",
        "milestones_milestone",
        "UPDATE",
        f"({_changed('baseline_on', 'baseline_precision')}) AND {STATE_OF_ITS_PLAN} <> 'draft'",
        "the baseline is fixed once the plan is active",
    ),
    Trigger(
        "plan_demo_fixed",
        "milestones_plan",
        "UPDATE",
        _changed("is_demo"),
        "a plan cannot become a demonstration",
    ),
)

NEWEST_PROGRESS = (
    "(SELECT r.progress FROM milestones_statusreport r WHERE r.milestone_id = {row}.milestone_id "
    "AND r.state IN ('submitted', 'accepted') ORDER BY r.as_of DESC, r.id DESC LIMIT 1)"
)
COUNTS = "{row}.state IN ('submitted', 'accepted')"


@dataclass(frozen=True)
class Following:
    """After `event`, when `when` holds of OLD and NEW, `statement` brings along what follows from it."""

    name: str
    table: str
    event: str
    when: str
    statement: str


def _progress(event: str, row: str, when: str) -> Following:
    newest = NEWEST_PROGRESS.format(row=row)
    return Following(
        f"report_progress_after_{event.lower()}",
        "milestones_statusreport",
        event,
        when,
        f"UPDATE milestones_milestone SET reported_progress = {newest} WHERE id = {row}.milestone_id "  # noqa: S608
        f"AND COALESCE(reported_progress, -1) <> COALESCE({newest}, -1)",
    )


FOLLOWINGS = (
    _progress("INSERT", "NEW", COUNTS.format(row="NEW")),
    _progress("UPDATE", "NEW", f"{COUNTS.format(row='OLD')} OR {COUNTS.format(row='NEW')}"),
    _progress("DELETE", "OLD", COUNTS.format(row="OLD")),
)


def _create(trigger: Trigger | Following, vendor: str) -> str:
    if isinstance(trigger, Following):
        return _create_following(trigger, vendor)
    if vendor == "sqlite":
        return (
            f"CREATE TRIGGER {trigger.name} BEFORE {trigger.event} ON {trigger.table} WHEN {trigger.refuse_when} "
            f"BEGIN SELECT RAISE(ABORT, '{trigger.message}'); END"
        )
    back = "OLD" if trigger.event == "DELETE" else "NEW"
    return (
        f"CREATE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {trigger.refuse_when} THEN RAISE EXCEPTION '{trigger.message}' "
        "USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {back}; END $$; "
        f"CREATE TRIGGER {trigger.name} BEFORE {trigger.event} ON {trigger.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {trigger.name}()"
    )


def _create_following(trigger: Following, vendor: str) -> str:
    after = f"CREATE TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.table} FOR EACH ROW WHEN ({trigger.when})"
    if vendor == "sqlite":
        return f"{after} BEGIN {trigger.statement}; END"
    return (
        f"CREATE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{trigger.statement}; RETURN NULL; END $$; {after} EXECUTE FUNCTION {trigger.name}()"
    )


def _drop(trigger: Trigger | Following, vendor: str) -> str:
    if vendor == "sqlite":
        return f"DROP TRIGGER IF EXISTS {trigger.name}"
    return f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.table}; DROP FUNCTION IF EXISTS {trigger.name}()"


def install(connection: Any) -> None:
    """Safe to repeat. A migration that rebuilds a table on SQLite removes the triggers first and calls this last.

    An early migration does not have every table yet: what is not there is left to the migration that makes it.
    """
    remove(connection)
    with connection.cursor() as cursor:
        for trigger in _of_present_tables(connection):
            cursor.execute(_create(trigger, connection.vendor))


def remove(connection: Any) -> None:
    with connection.cursor() as cursor:
        for trigger in _of_present_tables(connection):
            cursor.execute(_drop(trigger, connection.vendor))


def _of_present_tables(connection: Any) -> list[Trigger | Following]:
    present = set(connection.introspection.table_names())
    found: list[Trigger | Following] = [trigger for trigger in TRIGGERS if trigger.table in present]
    return found + (list(FOLLOWINGS) if _has_progress(connection, present) else [])


def _has_progress(connection: Any, present: set[str]) -> bool:
    """The column came later than the tables: early migrations install what they know of."""
    if not present >= {"milestones_milestone", "milestones_statusreport"}:
        return False
    asked = (
        "SELECT name FROM pragma_table_info('milestones_milestone')"
        if connection.vendor == "sqlite"
        else "SELECT attname FROM pg_attribute WHERE attrelid = 'milestones_milestone'::regclass AND NOT attisdropped"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return ("reported_progress",) in cursor.fetchall()


@contextmanager
def removed(connection: Any) -> Iterator[None]:
    """Only for emptying a test database row by row: the rules are off inside."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)
