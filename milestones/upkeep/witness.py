"""Do reminders leave, and if not, who is told? What each witness does, once a minute."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import Error

from . import incidents, no_database
from .condition import condition
from .faults import Fault, Problem

log = structlog.get_logger(__name__)


def look(*, now: datetime, started: datetime | None, by: str) -> list[Problem]:
    """What is wrong now; the incident is opened, told or closed accordingly. Raises django.db.Error without a
    database. `started` excuses a process that has only just come up; None is for one that always has."""
    found = condition(now=now, started=started)
    incidents.attend(found, by)
    return found.problems()


def look_at_all(*, now: datetime, started: datetime | None, by: str) -> list[Problem]:
    """The same, and the alarm when the database itself does not answer."""
    try:
        problems = look(now=now, started=started, by=by)
    except Error as error:
        # Its text may name users and hosts; those who are called need neither.
        log.warning("database_does_not_answer", error=type(error).__name__, by=by)
        no_database.attend(answers=False, now=now)
        return [Problem(Fault.DATABASE)]
    no_database.attend(answers=True, now=now)
    return problems
