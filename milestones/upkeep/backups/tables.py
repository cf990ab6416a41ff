"""Which tables belong to an installation, which of them travel, and is a database empty?"""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from milestones.models import FeedEpoch, Heartbeat, ReminderPolicy, ReminderStep, StepVersion

MIGRATIONS = MigrationRecorder.Migration._meta.db_table
# Filled by the migrations or by the mere start of a process.
FILLED_BY_ITSELF = {model._meta.db_table for model in (FeedEpoch, Heartbeat, ReminderPolicy, ReminderStep, StepVersion)}


def left_behind() -> set[str]:
    """Never in a backup: a session in a stolen one would be a way in, counted sign-in attempts are of no use, and the
    epoch of the changes ends where the backup does: what comes out of it begins another one."""
    return {
        "django_session",
        str(settings.CACHES["default"].get("LOCATION", "")),
        FeedEpoch._meta.db_table,
    }


def travelling() -> list[str]:
    """The tables in the database whose rows are backed up; the list of migrations travels in the manifest."""
    there = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(there) - left_behind() - {MIGRATIONS})


def strange() -> list[str]:
    """Tables in the database that are none of ours."""
    ours = {*connection.introspection.django_table_names(include_views=False), *left_behind(), MIGRATIONS}
    return sorted(set(connection.introspection.table_names()) - ours)


def filled() -> list[str]:
    """Tables of ours that hold somebody's data."""
    ours = {model._meta.db_table for model in apps.get_app_config("milestones").get_models()} - FILLED_BY_ITSELF
    there = ours & set(connection.introspection.table_names())
    return sorted(table for table in there if has_rows(table))


def has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {quoted(table)} LIMIT 1")  # noqa: S608 - a table's name, quoted
        return cursor.fetchone() is not None


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)
