"""How does a file become an import: received, looked at, imported, undone, or dropped? Each is a verb of the office."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import guard
from milestones.errors import DomainError, StateConflict
from milestones.evidence import names
from milestones.evidence.incoming import copied
from milestones.models import ImportBatch, ImportState, Plan
from milestones.models.base import uuid7

from ..excel import heading
from ..sheets import counting, marked, opening
from ..sheets.refusing import MOST_BYTES, FileRefused
from . import applying, files, looking, readings, undoing
from .applying import Choice, Overtaken
from .looking import Step

SMALL = 500  # rows that are looked at, imported or undone while somebody waits
UNDECIDED = timedelta(days=30)
ENTITY = "importbatch"


def receive(
    file: IO[bytes],
    name: str,
    *,
    plan: Plan | None = None,
    reason: str = "",
    language: str,
    actor: Actor,
    now: datetime,
) -> ImportBatch:
    """The file lies ready to be read, and is known to hold no marking, to be sound, and to have our headings.

    Nothing of a refused file is kept. Raises FileRefused, NotThisTable, and Classified, whose refusal is kept.
    """
    access.require(actor, "import.run")
    shown = names.clean(name)
    guard.check({"file_name": shown, "reason": reason}, actor=actor, now=now, entity=ENTITY)
    pk = uuid7()
    draft = files.path(pk)
    try:
        size, digest = copied(file, draft, most=MOST_BYTES, refusal=FileRefused)
        source = opening.opened(draft)
        if mark := marked.find(source):
            guard.refuse(
                mark.marking, field="file", sha256=digest, actor=actor, now=now, entity=ENTITY, label=mark.place
            )
        found = heading.find(source.tables)
        sheet = found.table.name
        return ImportBatch.objects.create(
            id=pk,
            person=actor.person,
            language=language,
            file_name=shown[:200],
            sha256=digest,
            size=size,
            format=source.format,
            sheet=sheet[:100],
            found={"table": found.kind.name},
            plan=plan,
            reason=reason.strip(),
            total=counting.rows(source, sheet),
            created_at=now,
        )
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def is_small(batch: ImportBatch) -> bool:
    return batch.total <= SMALL


def look(batch: ImportBatch, *, actor: Actor, now: datetime, step: Step = lambda _units: None) -> None:
    """What it would change, row by row. A file that turns out to be unreadable ends the import; the error goes on."""
    access.require(actor, "import.run")
    try:
        _table(batch).look(batch, opening.opened(files.path(batch.pk)), actor=actor, now=now, step=step)
    except DomainError as error:
        batch.rows.all().delete()
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.REFUSED, message=str(error), total=0)
        files.drop(batch.pk)
        raise
    except FileNotFoundError:
        message = _("The file is not here any more; send it again.")
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.REFUSED, message=str(message), total=0)
        raise StateConflict(message) from None
    files.drop(batch.pk)  # what it says is kept in the rows


def apply(batch: ImportBatch, choice: Choice, *, actor: Actor, now: datetime, step: Step = lambda _units: None) -> None:
    """Raises Undecided, Overtaken, Conflict; then nothing was imported, unless only the sound rows were asked for."""
    access.require(actor, "import.run")
    with _back_to(batch, ImportState.READY):
        try:
            _table(batch).apply(batch, choice, actor=actor, now=now, step=step)
        except Overtaken as error:
            applying.tell(batch, error)
            raise


def check(batch: ImportBatch, choice: Choice, *, actor: Actor) -> None:
    """Whether that can be imported at all; asked before it becomes long work. Raises as `apply` does."""
    access.require(actor, "import.run")
    applying.check(batch, choice)


def undo(
    batch: ImportBatch,
    *,
    others_only: bool = False,
    actor: Actor,
    now: datetime,
    step: Step = lambda _units: None,
) -> None:
    """Raises Touched."""
    access.require(actor, "import.run")
    with _back_to(batch, ImportState.APPLIED):
        _table(batch).undo(batch, others_only=others_only, actor=actor, now=now, step=step)


def check_undo(batch: ImportBatch, *, others_only: bool, actor: Actor) -> None:
    """Whether it can be undone; asked before it becomes long work. Raises Touched."""
    access.require(actor, "import.run")
    _table(batch).check_undo(batch, others_only=others_only)


def begin(batch: ImportBatch, state: ImportState, *, actor: Actor) -> None:
    """Before long work is asked for: nobody else asks for it too. Raises StateConflict."""
    access.require(actor, "import.run")
    before = {ImportState.APPLYING: ImportState.READY, ImportState.UNDOING: ImportState.APPLIED}[state]
    if not ImportBatch.objects.filter(pk=batch.pk, state=before).update(state=state, message=""):
        raise StateConflict(_("Somebody else was faster; look at the import again."))
    batch.state = state


def recover(batch: ImportBatch) -> None:
    """Its long work ended without an end: it is to be decided anew, from where it was."""
    if not (batch.is_busy and batch.job and batch.job.is_over):
        return
    before = {ImportState.APPLYING: ImportState.READY, ImportState.UNDOING: ImportState.APPLIED}
    state = before.get(ImportState(batch.state), ImportState.REFUSED)
    ImportBatch.objects.filter(pk=batch.pk, state=batch.state).update(state=state, message=batch.job.message)
    batch.refresh_from_db(fields=["state", "message"])


def drop(batch: ImportBatch, *, actor: Actor) -> None:
    """An import that nobody wants any more, of which nothing was imported."""
    access.require(actor, "import.run")
    if not ImportBatch.objects.filter(pk=batch.pk, state__in=[ImportState.READY, ImportState.REFUSED]).delete()[0]:
        raise StateConflict(_("Only an import of which nothing was imported can be dropped."))
    files.drop(batch.pk)


def forget(now: datetime) -> int:
    """Imports that nobody decided go after a month, with what their files said."""
    old = ImportBatch.objects.filter(created_at__lt=now - UNDECIDED)
    undecided = list(old.filter(state__in=[ImportState.READING, ImportState.READY, ImportState.REFUSED])[:100])
    for batch in undecided:
        files.drop(batch.pk)
        batch.delete()
    return len(undecided)


@dataclass(frozen=True)
class _Table:
    """How what stands in one kind of table is looked at, imported and taken back."""

    look: Any
    apply: Any
    check_undo: Any
    undo: Any


TABLES = {
    "milestones": _Table(looking.look, applying.apply, undoing.check, undoing.undo),
    "readings": _Table(readings.look, readings.apply, readings.check_undo, readings.undo),
}


def _table(batch: ImportBatch) -> _Table:
    return TABLES[batch.table]


@contextmanager
def _back_to(batch: ImportBatch, state: ImportState) -> Iterator[None]:
    """A refusal of the domain leaves the batch to be decided anew."""
    try:
        yield
    except DomainError as error:
        busy = (ImportState.APPLYING, ImportState.UNDOING)
        ImportBatch.objects.filter(pk=batch.pk, state__in=busy).update(state=state, message=str(error))
        batch.refresh_from_db()
        raise
