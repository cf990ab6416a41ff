"""How do many milestones come in at once? The one way in for REST, files, intake and pull.

The end is the same as if each row had come by `planning.operations.create` or `change`: the same rules, entries, date
history, looks, health. What differs is said once to each person, and once asked of the database.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, OperationalError

from milestones.actors import Actor
from milestones.changes import guard, record
from milestones.errors import Conflict

from . import applying, health, letters, locks, match, preparing
from .preparing import Job
from .results import Answer, Moved
from .rows import Row, Unread

ATTEMPTS = 5


def run(
    rows: Sequence[Row | Unread], *, actor: Actor, now: datetime, dry_run: bool = False, atomic: bool = False
) -> Answer:
    """What became of each row. Good ones are written and the others told; with `atomic` all or none.

    When somebody else was faster anywhere, all of it is read again, now under locks. Raises SameKey when two rows mean
    one milestone, Conflict when others are faster again and again.
    """
    for attempt in range(ATTEMPTS):
        try:
            with _collector_waiting(), guard.attempt(), _held(rows, attempt > 0, actor=actor, now=now):
                return _once(rows, actor=actor, now=now, dry_run=dry_run, atomic=atomic)
        except Moved:
            continue
    raise Conflict


def foresee(rows: Sequence[Row | Unread], *, actor: Actor, now: datetime) -> Job:
    """What `run` would write, and what would become of each row. Nothing is written. Raises as `run` does."""
    for _attempt in range(ATTEMPTS):
        try:
            with _collector_waiting(), guard.attempt():
                return preparing.prepare(rows, actor=actor, now=now)
        except Moved:
            continue
    raise Conflict


def _once(rows: Sequence[Row | Unread], *, actor: Actor, now: datetime, dry_run: bool, atomic: bool) -> Answer:
    job = preparing.prepare(rows, actor=actor, now=now)
    answer = Answer([job.results[index] for index in range(len(rows))], written=not dry_run)
    if dry_run or (atomic and answer.has_bad):
        return Answer(answer.results, written=False)
    if job.writes:
        _write(job, actor=actor, now=now)
    return answer


def _write(job: Job, *, actor: Actor, now: datetime) -> None:
    health.settle(job.writes, now)
    mails = letters.of_batch(job.writes, actor=actor, now=now)
    try:
        with record.writing(actor=actor, now=now):
            applying.write(job.writes, mails, actor=actor, now=now)
    except (IntegrityError, OperationalError) as error:
        if not _somebody_was_faster(error):
            raise
        raise Moved from error
    for write in job.writes:
        result = job.results[write.candidate.index]
        result.id, result.version = write.pk, write.version


@contextmanager
def _collector_waiting() -> Iterator[None]:
    """A hundred thousand objects come and go here, none in a circle: looking for circles through all of the
    application's objects meanwhile would cost a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _somebody_was_faster(error: Exception) -> bool:
    """They took a key, or two waited for one another and the database let the other one go first."""
    text = str(error).lower()
    return "unique" in text or "duplicate" in text or "deadlock" in text


@contextmanager
def _held(rows: Sequence[Row | Unread], wanted: bool, *, actor: Actor, now: datetime) -> Iterator[None]:
    """Nobody changes the milestones that the rows mean while they are read, checked and written."""
    if not wanted:
        yield
        return
    with record.writing(actor=actor, now=now):
        readable = [row for row in rows if isinstance(row, Row)]
        if not locks.hold_read(readable, match.match(readable, actor)):
            raise Moved
        yield
