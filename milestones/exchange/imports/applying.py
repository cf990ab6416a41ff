"""How is a batch imported that was looked at: all of it or nothing, or on purpose only the rows that are sound?"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.actors import Actor
from milestones.batch import operations, storing
from milestones.batch.results import BAD, Answer, Result, Status
from milestones.batch.rows import Keyed
from milestones.changes import record
from milestones.errors import DomainError, StateConflict
from milestones.models import ImportBatch, ImportRow, ImportState, RowOutcome, RowStatus

from . import holding, judged
from .looking import COUNTED, Step

AT_ONCE = 1000
WRITING = Q(status__in=[RowStatus.NEW, RowStatus.CHANGED])


@dataclass(frozen=True)
class Choice:
    """`only_sound`: what cannot be imported stays out, else it stops all. `take`: the numbers of the rows in conflict
    in which the file is right, or all of them; of the others what stands here is right if `keep`, else nobody knows.
    """

    only_sound: bool = False
    take: Collection[int] | None = ()  # None: all
    keep: bool = False

    @property
    def taken(self) -> Q:
        conflict = Q(status=RowStatus.CONFLICT)
        return conflict if self.take is None else conflict & Q(number__in=list(self.take))


class Undecided(StateConflict):
    """Not all rows can be imported, and nobody said that the others shall be."""

    code = "undecided"
    message = gettext_lazy(
        "%(errors)s rows have errors and %(conflicts)s are in conflict, so nothing was imported. Correct the file, "
        "decide the conflicts, or import only the rows that are sound."
    )


class Overtaken(StateConflict):
    """Something changed here since the look; the rows in question tell what."""

    code = "overtaken"
    message = gettext_lazy(
        "%(rows)s rows cannot be imported any more as they were shown: something changed here meanwhile. Nothing was "
        "imported; the rows tell what changed."
    )

    def __init__(self, rows: Sequence[tuple[ImportRow, Sequence[DomainError]]]) -> None:
        super().__init__(Overtaken.message % {"rows": len(rows)})
        self.rows = rows


def check(batch: ImportBatch, choice: Choice) -> None:
    """Raises Undecided, StateConflict."""
    if batch.state not in holding.IMPORTING:
        raise StateConflict(_("This import is %(state)s.") % {"state": batch.get_state_display()})
    open_ones = 0 if choice.keep else batch.rows.filter(status=RowStatus.CONFLICT).exclude(choice.taken).count()
    if not choice.only_sound and (batch.errors or open_ones):
        raise Undecided(Undecided.message % {"errors": batch.errors, "conflicts": open_ones})
    if not batch.rows.filter(WRITING | choice.taken).exists():
        raise StateConflict(_("There is nothing to import: no row would change anything."), code="nothing")


def apply(batch: ImportBatch, choice: Choice, *, actor: Actor, now: datetime, step: Step = lambda _units: None) -> None:
    """In one transaction, or with `only_sound` in one for each thousand rows; then again it goes on where it ended.

    Raises Undecided, Overtaken.
    """
    check(batch, choice)
    whole = nullcontext() if choice.only_sound else record.writing(actor=actor, now=now)
    with whole:
        for some in _chunks(_order(batch, choice)):
            _write(batch, some, only_sound=choice.only_sound, actor=actor, now=now)
            step(len(some))
        finish(batch, now)


def finish(batch: ImportBatch, now: datetime) -> None:
    batch.state, batch.applied_at, batch.message = ImportState.APPLIED, now, ""
    batch.save(update_fields=["state", "applied_at", "message"])


def _chunks(ids: Sequence[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    rest = iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _order(batch: ImportBatch, choice: Choice) -> list[uuid.UUID]:
    """New ones first, each after its parent, if that is new too; then the others, which may come below new ones."""
    rows = batch.rows.filter(WRITING | choice.taken, outcome=RowOutcome.NONE).order_by("number")
    new = list(rows.filter(status=RowStatus.NEW).values_list("pk", "values__plan", "values__code", "values__parent"))
    above = {(plan, code): (plan, parent) for _pk, plan, code, parent in new if parent and code}
    ordered = sorted(new, key=lambda one: _depth((one[1], one[3]), above) if one[3] else 0)
    return [pk for pk, *_rest in ordered] + list(rows.exclude(status=RowStatus.NEW).values_list("pk", flat=True))


def _depth(parent: tuple[str, str], above: Mapping[tuple[str, str], tuple[str, str]]) -> int:
    depth, seen = 1, {parent}
    while (parent := above.get(parent, ("", ""))) not in seen and parent[1]:
        seen.add(parent)
        depth += 1
    return depth


def _write(batch: ImportBatch, ids: Sequence[uuid.UUID], *, only_sound: bool, actor: Actor, now: datetime) -> None:
    with record.writing(actor=actor, now=now):
        holding.hold(batch, holding.IMPORTING)
        wanted = ImportRow.objects.filter(pk__any_of=list(ids), outcome=RowOutcome.NONE)
        found = {row.pk: row for row in wanted.only("number", "values", "errors").order_by()}
        rows = [found[pk] for pk in ids if pk in found]
        given: list[Keyed] = [judged.taken(row.values) for row in rows]
        answer = operations.run(given, actor=actor, now=now, atomic=not only_sound)
        if not only_sound and answer.has_bad:
            told = zip(rows, answer.results, strict=True)
            raise Overtaken([(row, result.errors) for row, result in told if result.status in BAD])
        _note(rows, answer)


def _note(rows: Sequence[ImportRow], answer: Answer) -> None:
    """What was written is known to be, in the same transaction: so that it can be taken back, and is not done twice."""
    outcomes: list[tuple[Any, ...]] = []
    for row, result in zip(rows, answer.results, strict=True):
        errors = [*row.errors, *(_error(row, error) for error in result.errors)]
        outcomes.append((row.pk, _outcome(result), result.id, result.version, errors))
    storing.amend(ImportRow, ["outcome", "milestone_id", "version", "errors"], outcomes)


def _outcome(result: Result) -> str:
    if result.status in BAD:
        return str(RowOutcome.REFUSED)
    return str(RowOutcome.NONE if result.status == Status.UNCHANGED else RowOutcome.APPLIED)


def _error(row: ImportRow, error: DomainError) -> dict[str, str]:
    name = judged.column_of(row.values.get("parties"), error.field or "")
    return {"name": name, "cell": str(row.number), "code": error.code, "message": str(error)}


def tell(batch: ImportBatch, error: Overtaken) -> None:
    """After the roll-back: the batch can be looked at again, and these rows are in the way."""
    told = [(row.pk, str(RowStatus.ERROR), [_error(row, one) for one in errors]) for row, errors in error.rows]
    storing.amend(ImportRow, ["status", "errors"], told)
    for status, name in COUNTED.items():
        setattr(batch, name, batch.rows.filter(status=status).count())
    batch.state, batch.message = ImportState.READY, str(error)
    batch.save(update_fields=["state", "message", *COUNTED.values()])
