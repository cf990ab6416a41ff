"""Is the database there, of this version, and not empty?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

Say = Callable[[str], None]


def bring_up_to_date(backups: Path, now: datetime, say: Say) -> None:
    """Makes the tables, or moves those of an older version on after a backup. Refuses data of a newer version."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    applied = set(loader.applied_migrations)
    if newer := sorted(name for app, name in applied - set(loader.disk_migrations) if app == "milestones"):
        raise CommandError(
            f"The data is of a newer version (it knows {newer[-1]}). Start that version, or restore a backup."
        )
    steps = [f"{m.app_label}.{m.name}" for m, _ in executor.migration_plan(loader.graph.leaf_nodes())]
    if steps and applied:
        backup = backups / now.strftime("%Y%m%d-%H%M%S.backup")
        backups.mkdir(parents=True, exist_ok=True, mode=0o700)
        say(f"The data is of an older version; backing up to {backup}")
        call_command("backup", str(backup))
    if steps:
        say(f"Migrating the database ({len(steps)} steps)")
        call_command("migrate", interactive=False, verbosity=0)
        say("The database is of this version now")
    call_command("createcachetable", verbosity=0)


def fill_if_empty(*, demo: bool, say: Say) -> None:
    """An installation without people gets the demonstration, or its first account."""
    from milestones.models import Person

    if Person.objects.exists():
        return
    if demo:
        say("The database is empty: loading the demonstration (DEMO=0 leaves it empty)")
        call_command("loaddemo", stdout=StringIO())  # the accounts are shown once the pages answer
    else:
        call_command("firstaccount")
