"""How is an import taken back, as long as nothing touched its milestones since?

Every value that it changed is put back by a new change; a milestone that it made is deleted in a draft, else cancelled.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import convert

from milestones.actors import Actor
from milestones.batch import operations as batch_operations
from milestones.batch import storing
from milestones.batch.results import BAD
from milestones.batch.rows import Keyed
from milestones.changes import record
from milestones.errors import DomainError, StateConflict
from milestones.models import ChangeEntry, ImportBatch, ImportRow, ImportState, Milestone, RowOutcome, RowStatus
from milestones.planning import lifecycle, operations
from milestones.wording import lasting

from . import holding
from .looking import Step

AT_ONCE = 500


class Touched(StateConflict):
    """`labels` are the milestones that somebody changed since."""

    code = "touched"
    message = gettext_lazy(
        "%(count)s milestones of this import were changed since: %(labels)s. Undo the others only, if that is meant."
    )

    def __init__(self, labels: Sequence[str]) -> None:
        shown = "; ".join([*labels[:5], *(["…"] if len(labels) > 5 else [])])
        super().__init__(Touched.message % {"count": len(labels), "labels": shown})
        self.labels = labels


def touched(batch: ImportBatch) -> list[ImportRow]:
    """Rows whose milestones are not any more as the import left them, in something that somebody typed."""
    found: list[ImportRow] = []
    for some in _chunks(_applied(batch).iterator(AT_ONCE)):
        found += _touched(some)
    return found


def check(batch: ImportBatch, *, others_only: bool) -> None:
    """Raises Touched, StateConflict."""
    if batch.state not in (ImportState.APPLIED, ImportState.UNDOING):
        raise StateConflict(_("Only what was imported can be undone; this import is %(state)s.") % _state(batch))
    if not others_only and (rows := touched(batch)):
        raise Touched([row.label for row in rows])


def undo(
    batch: ImportBatch,
    *,
    others_only: bool = False,
    actor: Actor,
    now: datetime,
    step: Step = lambda _units: None,
) -> None:
    """In a transaction for each few hundred rows; when it ends in between it goes on from there the next time.

    `others_only`: what was touched since stays as it is, and is told. Raises Touched, StateConflict.
    """
    check(batch, others_only=others_only)
    reason = lasting(lambda: _("The import of “%(file)s” was undone.") % {"file": batch.file_name})
    how: Any = {"actor": actor, "now": now, "reason": reason}
    for some in _chunks(_applied(batch).exclude(status=RowStatus.NEW).iterator(AT_ONCE)):
        _put_back(batch, some, **how)
        step(len(some))
    for pk in _children_first(batch):
        _take_away(batch, pk, **how)
        step(1)
    batch.state, batch.undone_at, batch.message = ImportState.UNDONE, now, _verdict(batch)
    batch.save(update_fields=["state", "undone_at", "message"])


def _applied(batch: ImportBatch) -> Any:
    return batch.rows.filter(outcome=RowOutcome.APPLIED).order_by("number")


def _chunks(rows: Iterator[ImportRow]) -> Iterator[list[ImportRow]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some


def _touched(rows: Sequence[ImportRow]) -> list[ImportRow]:
    ids = [row.milestone_id for row in rows if row.milestone_id]
    versions: dict[Any, int] = dict(Milestone.objects.filter(pk__any_of=ids).values_list("pk", "version"))
    moved = {row.milestone_id: row for row in rows if versions.get(row.milestone_id) != row.version}
    since = _since(moved)
    return [row for pk, row in moved.items() if pk not in versions or record.matters(record.told(since[pk], 0))]


def _since(moved: Mapping[Any, ImportRow]) -> Mapping[Any, list[ChangeEntry]]:
    found: dict[Any, list[ChangeEntry]] = defaultdict(list)
    rows = ChangeEntry.objects.filter(entity=Milestone._meta.model_name, object_id__any_of=list(moved))
    for entry in rows.order_by("version") if moved else ():
        if entry.version > (moved[entry.object_id].version or 0):
            found[entry.object_id].append(entry)
    return found


# --- What was changed -------------------------------------------------------------------------------------------------
def _put_back(batch: ImportBatch, rows: Sequence[ImportRow], *, actor: Actor, now: datetime, reason: str) -> None:
    with record.writing(actor=actor, now=now):
        holding.hold(batch, holding.UNDOING)
        rows = _open(rows)
        given = [_as_it_was(row, reason) for row in rows]
        answer = batch_operations.run(given, actor=actor, now=now)
        _note(rows, [_said(result.errors) if result.status in BAD else None for result in answer.results])


def _open(rows: Sequence[ImportRow]) -> list[ImportRow]:
    """Those that nobody undid meanwhile."""
    found = set(
        ImportRow.objects.filter(pk__any_of=[row.pk for row in rows], outcome=RowOutcome.APPLIED).values_list(
            "pk", flat=True
        )
    )
    return [row for row in rows if row.pk in found]


def _as_it_was(row: ImportRow, reason: str) -> Keyed:
    old = {name: pair[0] for name, pair in row.changes.items()}
    return convert({"id": row.milestone_id, "if_version": row.version, "reason": reason, **old}, Keyed, strict=False)


def _note(rows: Sequence[ImportRow], refused: Sequence[str | None]) -> None:
    """Why each was not put back; None where it was."""
    told = []
    for row, why in zip(rows, refused, strict=True):
        errors = [*row.errors, {"name": "", "cell": str(row.number), "code": "kept", "message": why}] if why else []
        told.append((row.pk, str(RowOutcome.KEPT if why else RowOutcome.UNDONE), errors or row.errors))
    storing.amend(ImportRow, ["outcome", "errors"], told)


def _said(errors: Sequence[DomainError]) -> str:
    return " ".join(str(error) for error in errors) or _("It was not put back.")


# --- What was made ----------------------------------------------------------------------------------------------------
def _children_first(batch: ImportBatch) -> list[uuid.UUID]:
    """The rows of the milestones that it made, each before its parent's."""
    made = {row.milestone_id: row.pk for row in _applied(batch).filter(status=RowStatus.NEW).only("milestone_id")}
    parents = dict(Milestone.objects.filter(pk__any_of=list(made)).values_list("pk", "parent_id"))
    return [made[pk] for pk in sorted(made, key=lambda pk: -_depth(pk, parents))]


def _depth(pk: Any, parents: Mapping[Any, uuid.UUID | None]) -> int:
    depth, seen = 0, {pk}
    while (pk := parents.get(pk)) is not None and pk not in seen:
        seen.add(pk)
        depth += 1
    return depth


def _take_away(batch: ImportBatch, pk: uuid.UUID, *, actor: Actor, now: datetime, reason: str) -> None:
    row = ImportRow.objects.get(pk=pk)
    try:
        with record.writing(actor=actor, now=now):
            holding.hold(batch, holding.UNDOING)
            if _open([row]):
                _end(row, actor=actor, now=now, reason=reason)
                _note([row], [None])
    except DomainError as error:
        with record.writing(actor=actor, now=now):
            holding.hold(batch, holding.UNDOING)  # goes on when that is why it was refused
            _note([row], [str(error)])


def _end(row: ImportRow, *, actor: Actor, now: datetime, reason: str) -> None:
    assert row.milestone_id is not None  # it was made
    milestone = Milestone.objects.select_related("plan").filter(pk=row.milestone_id).first()
    if milestone is None:
        raise StateConflict(_("It is not here any more."))
    how: Any = {"actor": actor, "now": now, "version": row.version}
    if milestone.plan.is_draft:
        operations.delete(milestone, **how)
    else:
        lifecycle.cancel(milestone, reason=reason, **how)


def _verdict(batch: ImportBatch) -> str:
    kept = batch.rows.filter(outcome=RowOutcome.KEPT).count()
    if not kept:
        return ""
    words = ngettext(
        "%(count)s row was not undone; it tells why.", "%(count)s rows were not undone; they tell why.", kept
    )
    return words % {"count": kept}


def _state(batch: ImportBatch) -> dict[str, Any]:
    return {"state": batch.get_state_display()}
