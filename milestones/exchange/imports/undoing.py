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

from milestones import reasons
from milestones.actors import Actor
from milestones.batch import operations as batch_operations
from milestones.batch import storing
from milestones.batch.results import BAD
from milestones.batch.rows import Keyed
from milestones.changes import record
from milestones.errors import DomainError, StateConflict
from milestones.models import ChangeEntry, ImportBatch, ImportRow, ImportState, Milestone, RowOutcome, RowStatus
from milestones.planning import lifecycle, operations

from . import holding
from .looking import Step

AT_ONCE = 500
FEW = 100  # may be cancelled one by one: others wait for it


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
    reason = reasons.coded("import_undone", file=batch.file_name)
    how: Any = {"actor": actor, "now": now, "reason": reason}
    for some in _chunks(_applied(batch).exclude(status=RowStatus.NEW).iterator(AT_ONCE)):
        _put_back(batch, some, **how)
        step(len(some))
    for few in _children_first(batch):
        _take_away(batch, few, **how)
        step(len(few))
    batch.state, batch.undone_at, batch.message = ImportState.UNDONE, now, verdict(batch)
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
def _children_first(batch: ImportBatch) -> Iterator[list[uuid.UUID]]:
    """A few rows of the milestones that it made at a time, of one plan, in none of which is another's parent."""
    made = {row.milestone_id: row.pk for row in _applied(batch).filter(status=RowStatus.NEW).only("milestone_id")}
    found = Milestone.objects.filter(pk__any_of=list(made)).values_list("pk", "plan_id", "parent_id")
    places = {pk: (plan, parent) for pk, plan, parent in found}
    alike: dict[tuple[int, str], list[uuid.UUID]] = defaultdict(list)
    for pk, row in made.items():
        alike[-_depth(pk, places), str(places[pk][0]) if pk in places else ""].append(row)
    for _place, rows in sorted(alike.items(), key=lambda one: one[0]):
        for start in range(0, len(rows), FEW):
            yield rows[start : start + FEW]


def _depth(pk: Any, places: Mapping[Any, tuple[uuid.UUID, uuid.UUID | None]]) -> int:
    depth, seen = 0, {pk}
    while (pk := places[pk][1] if pk in places else None) is not None and pk not in seen:
        seen.add(pk)
        depth += 1
    return depth


def _take_away(batch: ImportBatch, ids: Sequence[uuid.UUID], *, actor: Actor, now: datetime, reason: str) -> None:
    """All at once from a draft; where one is refused, and elsewhere, each by its verb: it stays, and tells why."""
    with record.writing(actor=actor, now=now):
        holding.hold(batch, holding.UNDOING)
        found = ImportRow.objects.filter(outcome=RowOutcome.APPLIED).in_bulk(list(ids))
        rows = [found[pk] for pk in ids if pk in found]
        here = Milestone.objects.select_related("plan").in_bulk([row.milestone_id for row in rows])
        how: Any = {"actor": actor, "now": now}
        if _deleted(rows, here, **how):
            _note(rows, [None] * len(rows))
        else:
            _note(rows, [_refusal(row, here.get(row.milestone_id), reason, **how) for row in rows])


def _deleted(rows: Sequence[ImportRow], here: Mapping[Any, Milestone], *, actor: Actor, now: datetime) -> bool:
    """Those that nobody changed since, when they all are in a draft."""
    if not rows or any(row.milestone_id not in here for row in rows):
        return False
    milestones = [here[row.milestone_id] for row in rows]
    if not milestones[0].plan.is_draft:
        return False
    try:
        with record.writing(actor=actor, now=now):
            for row, milestone in zip(rows, milestones, strict=True):
                record.expect(milestone, row.version)
            operations.delete_all(milestones, actor=actor, now=now)
    except DomainError:
        return False
    return True


def _refusal(row: ImportRow, milestone: Milestone | None, reason: str, *, actor: Actor, now: datetime) -> str | None:
    try:
        with record.writing(actor=actor, now=now):
            _end(row, milestone, actor=actor, now=now, reason=reason)
    except DomainError as error:
        return str(error)
    return None


def _end(row: ImportRow, milestone: Milestone | None, *, actor: Actor, now: datetime, reason: str) -> None:
    if milestone is None:
        raise StateConflict(_("It is not here any more."))
    how: Any = {"actor": actor, "now": now, "version": row.version}
    if milestone.plan.is_draft:
        operations.delete(milestone, **how)
    else:
        lifecycle.cancel(milestone, reason=reason, **how)


def verdict(batch: ImportBatch) -> str:
    kept = batch.rows.filter(outcome=RowOutcome.KEPT).count()
    if not kept:
        return ""
    words = ngettext(
        "%(count)s row was not undone; it tells why.", "%(count)s rows were not undone; they tell why.", kept
    )
    return words % {"count": kept}


def _state(batch: ImportBatch) -> dict[str, Any]:
    return {"state": batch.get_state_display()}
