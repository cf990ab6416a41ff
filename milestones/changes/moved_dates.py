"""Does the date history tell the same moves as the entries of the milestones?"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from milestones.models import ChangeEntry, DateRevision, Op, Plan

from .faults import Fault, FaultKind
from .joining import beside, grouped

CHUNK = 2_000


class Move(NamedTuple):
    """One date that moved, as both histories keep it."""

    which: str
    old: tuple[str | None, str | None]
    new: tuple[str | None, str | None]
    reason: str
    actor_id: uuid.UUID | None
    actor_label: str
    via: str
    at: datetime


Moves = Iterator[tuple[uuid.UUID, tuple[Move, int]]]


def compare(plan: Plan | None = None) -> Iterator[list[Fault]]:
    """What is wrong with each milestone's date history, in the order of their ids."""
    started = _activations()
    for pk, told, kept in beside(grouped(_told(started, plan)), grouped(_kept(plan))):
        if _differing(told or [], kept or []):
            yield read_again(pk)
        else:
            yield []


def read_again(milestone: uuid.UUID) -> list[Fault]:
    """Of one milestone; a verb that ran meanwhile has written both."""
    kept = [move for _pk, move in _kept(None, milestone)]
    told = [move for _pk, move in _told(_activations(), None, milestone)]
    return [
        Fault(FaultKind.DATES, f"milestone {milestone}", words, (seq,) if seq else ())
        for words, seq in _differing(told, kept)
    ]


def _differing(told: list[tuple[Move, int]], kept: list[tuple[Move, int]]) -> list[tuple[str, int]]:
    """Words and the entry's number."""
    numbers = dict(told)
    entries, revisions = (Counter(move for move, _seq in side) for side in (told, kept))
    found = [(_said(move, _("stands in an entry and not in the date history")), numbers[move] or 0)
             for move in entries - revisions]  # fmt: skip
    return found + [(_said(move, _("stands in the date history and in no entry")), 0) for move in revisions - entries]


def _said(move: Move, where: str) -> str:
    shown = {"which": move.which, "old": move.old[0] or "–", "new": move.new[0] or "–", "where": where}
    return _("the move of “%(which)s” from %(old)s to %(new)s %(where)s") % shown


def _told(started: dict[uuid.UUID, int], plan: Plan | None, milestone: uuid.UUID | None = None) -> Moves:
    """From the entries; date history begins when the plan becomes active, and goes with a milestone that is deleted."""
    entries = ChangeEntry.objects.filter(entity="milestone")
    found = entries.filter(op=Op.UPDATE).order_by("object_id", "id")
    found = found.exclude(object_id__in=entries.filter(op=Op.DELETE).values("object_id"))
    found = found.filter(plan_id=plan.pk) if plan else found
    found = found.filter(object_id=milestone) if milestone else found
    columns = ("object_id", "plan_id", "id", "seq", "changes", "reason", "actor_id", "actor_label", "via", "at")
    for pk, plan_id, number, seq, changes, *how in found.values_list(*columns).iterator(chunk_size=CHUNK):
        if number > started.get(plan_id, number):
            for which in DateRevision.Which.values:
                old, new = (_side(changes, which, side) for side in (0, 1))
                if old != new:
                    yield pk, (_move(which, old, new, *how), seq or 0)


def _kept(plan: Plan | None, milestone: uuid.UUID | None = None) -> Moves:
    found = DateRevision.objects.order_by("milestone_id", "at", "id")
    found = found.filter(milestone__plan=plan) if plan else found
    found = found.filter(milestone=milestone) if milestone else found
    dates = ("old_on", "old_precision", "new_on", "new_precision")
    columns = ("milestone_id", "which", *dates, "reason", "actor_id", "actor_label", "via", "at")
    for pk, which, old, old_precision, new, new_precision, *how in found.values_list(*columns).iterator(CHUNK):
        yield pk, (_move(which, (_iso(old), old_precision), (_iso(new), new_precision), *how), 0)


def _move(which: str, old: Any, new: Any, reason: str, actor_id: Any, label: str, via: str, at: datetime) -> Move:
    return Move(which, old, new, reason, actor_id, label, via, at.astimezone(UTC))


def _side(changes: dict[str, list[Any]], which: str, side: int) -> tuple[str | None, str | None]:
    on, precision = (changes.get(f"{which}_{half}", (None, None))[side] for half in ("on", "precision"))
    return on, precision


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _activations() -> dict[uuid.UUID, int]:
    """Plan → the id of the entry that made it active: the plan's row is locked by each verb, so ids tell the order."""
    found = ChangeEntry.objects.filter(entity="plan", verb="plan.activate").order_by("-id")
    return dict(found.values_list("object_id", "id"))
