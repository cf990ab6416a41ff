"""What can be wrong with a deployment that its environment does not show? `manage.py check --deploy --database default`

E… must be put right, W… should be looked at; docs/operations.md has the list.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, Warning  # noqa: A004 - Django's own name for it
from django.db import connections
from django.http.request import validate_host
from django.utils import timezone

from milestones.models import Person, Plan, ReminderPolicy, Role
from milestones.models.triggers import TRIGGERS
from milestones.upkeep import schema
from milestones.upkeep.condition import provisional_years

OLDEST_SQLITE = (3, 35, 0)  # UPDATE … FROM numbers the changes (3.33), RETURNING gives back the rows written (3.35)


@checks.register(Tags.files)
def folders(**options: Any) -> Iterator[CheckMessage]:
    """What the installation writes can be written, and what is secret can be read by its owner only."""
    if not writable(settings.VAR_DIR):
        yield Error(
            f"{settings.VAR_DIR} cannot be written.",
            hint="Give it to the user who runs the processes.",
            id="lingang.E001",
        )
    elif settings.VAR_DIR.exists() and settings.VAR_DIR.stat().st_mode & 0o007:
        words = f"{settings.VAR_DIR} is open to every user of this machine; database, mails and queue lie in it."
        yield Warning(words, hint=f"chmod o-rwx {settings.VAR_DIR}", id="lingang.W007")
    mails = settings.MAIL_TRANSPORT.path
    if mails is not None and not writable(mails):
        yield Error(f"EMAIL_URL: {mails} cannot be written.", hint="Give it to the worker's user.", id="lingang.E002")
    key = settings.VAR_DIR / "secret_key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield Error(f"{key} can be read by other users of this machine.", hint=f"chmod 600 {key}", id="lingang.E003")


@checks.register(Tags.database)
def sqlite_version(databases: Sequence[str] | None = None, **options: Any) -> Iterator[CheckMessage]:
    """PostgreSQL's version is refused by Django itself when it connects."""
    uses_it = any(connections[alias].vendor == "sqlite" for alias in databases or ())
    if uses_it and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        words = f"SQLite {sqlite3.sqlite_version} is too old; 3.35 or newer is needed."
        yield Error(words, hint="Use a newer Python, or PostgreSQL.", id="lingang.E004")


@checks.register(Tags.security)
def addresses(**options: Any) -> Iterator[CheckMessage]:
    host = str(urlsplit(settings.BASE_URL).hostname)
    if not validate_host(host, settings.ALLOWED_HOSTS):
        words = f"ALLOWED_HOSTS lacks {host}, the host of BASE_URL: every link in a mail would be refused."
        yield Error(words, hint=f"Add {host}.", id="lingang.E005")


@checks.register(Tags.security, deploy=True)
def mail(**options: Any) -> Iterator[CheckMessage]:
    """Mail of a production site that would not arrive, or not be answered."""
    if not settings.PRODUCTION:
        return
    transport, sender = settings.MAIL_TRANSPORT, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if transport.scheme == "file":
        yield Warning("Mails are written to a folder; nobody receives them.", hint="Set EMAIL_URL.", id="lingang.W001")
    if sender.rpartition("@")[2] in ("localhost", "127.0.0.1"):
        yield Warning(
            f"Mails come from {sender}, which no server takes.", hint="Set DEFAULT_FROM_EMAIL.", id="lingang.W002"
        )
    others = {sender, parseaddr(settings.BOUNCE_ADDRESS)[1] or sender} - {transport.user}
    if "@" in transport.user and others:
        words = (
            f"{transport.user} signs in, but mails come from {', '.join(sorted(others))}: many providers refuse that."
        )
        hint = "Set DEFAULT_FROM_EMAIL to the account's address, and no BOUNCE_ADDRESS."
        yield Warning(words, hint=hint, id="lingang.W003")
    if not settings.REPLY_TO:
        yield Warning(
            "Answers to mails go to their sender.", hint="Set REPLY_TO to the office's mailbox.", id="lingang.W004"
        )


# Beat asks for a sweep every minute, for a delivery every half: a limit below two of them is passed while all is well.
SHORTEST_LIMITS = {"SWEEP_LATE_AFTER": 120, "DELIVERY_LATE_AFTER": 60}


@checks.register("silence")
def limits(**options: Any) -> Iterator[CheckMessage]:
    for name, least in SHORTEST_LIMITS.items():
        if (given := getattr(settings, name)) < least:
            words = f"{name} is {given} seconds; below {least} the alarm is raised while all is well."
            yield Warning(words, hint="Leave it unset.", id="lingang.W008")


@checks.register("silence", deploy=True)
def silence(**options: Any) -> Iterator[CheckMessage]:
    """A production site whose silence nobody would notice. The addresses themselves are never shown."""
    if settings.PRODUCTION and not settings.HEARTBEAT_URL:
        words = "HEARTBEAT_URL is not set: when this machine is gone, nobody outside notices."
        yield Warning(words, hint="docs/operations.md, “Is it silent?”", id="lingang.W009")
    if settings.PRODUCTION and not settings.ALARM_WEBHOOK_URL:
        words = "ALARM_WEBHOOK_URL is not set: when reminders do not leave, only the office's pages say so."
        yield Warning(words, hint="docs/operations.md, “Is it silent?”", id="lingang.W010")


@checks.register("calendar")
def calendar(**options: Any) -> Iterator[CheckMessage]:
    for year in provisional_years(timezone.localtime()):
        words = f"The make-up working days of {year} are not known: deadlines are counted without them."
        hint = "Update when the State Council has published them, or enter them as day overrides."
        yield Warning(words, hint=hint, id="lingang.W005")


@checks.register(Tags.database)
def data(databases: Sequence[str] | None = None, **options: Any) -> Iterator[CheckMessage]:
    """What must be in the database; nothing is said of one that still has to be migrated."""
    for alias in databases or ():
        if not schema.missing(connections[alias]):
            yield from missing_triggers(alias)
            yield from missing_cache_table(alias)
            yield from accounts(alias)
            yield from unknown_time_zones(alias)
            if not ReminderPolicy.objects.using(alias).filter(is_default=True).exists():
                yield Error("There is no default reminder policy.", hint="Mark one as the default.", id="lingang.E009")


def missing_triggers(alias: str) -> Iterator[CheckMessage]:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger",
    }
    with connections[alias].cursor() as cursor:
        cursor.execute(catalogue[connections[alias].vendor])
        there = {name for (name,) in cursor.fetchall()}
    if lacking := sorted({trigger.name for trigger in TRIGGERS} - there):
        words = f"The database lacks the triggers {', '.join(lacking)}: history could be rewritten."
        yield Error(words, hint="Run: manage.py repairtriggers", id="lingang.E006")


def missing_cache_table(alias: str) -> Iterator[CheckMessage]:
    table = settings.CACHES["default"].get("LOCATION")
    if table not in connections[alias].introspection.table_names():
        yield Error(
            f"The table {table} is missing: nobody can sign in.", hint="manage.py createcachetable", id="lingang.E007"
        )


def accounts(alias: str) -> Iterator[CheckMessage]:
    people = Person.objects.using(alias).active()
    if settings.PRODUCTION and people.filter(is_demo=True).exists():
        words = "There are demonstration accounts. They cannot sign in here, but they own and receive things."
        yield Error(words, hint="Run: manage.py cleardemo", id="lingang.E008")
    if not people.in_role(Role.OFFICE).exists():
        yield Warning("Nobody is in the supervision office.", hint="Run: manage.py firstaccount", id="lingang.W006")


def unknown_time_zones(alias: str) -> Iterator[CheckMessage]:
    used = {
        zone
        for model in (Person, Plan)
        for zone in model._default_manager.using(alias).values_list("time_zone", flat=True).distinct()
    }
    if unknown := sorted(used - available_timezones()):
        words = f"This machine does not know the time zones {', '.join(unknown)}."
        yield Error(words, hint="Install the package tzdata.", id="lingang.E010")


def writable(folder: Path) -> bool:
    """Whether files can be made in `folder`, or the folder itself where its nearest parent is."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)
