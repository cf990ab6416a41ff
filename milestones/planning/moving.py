"""How do reports and approved extensions move a milestone's dates and state, with all that follows from it?

`reserve` first, then `move`: nobody else writes the milestone in between, and what was checked of it still holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from milestones.actors import Actor
from milestones.changes import record
from milestones.models import Milestone

from . import assessment, revisions
from .holding import hold
from .looking import look_again


def lock(milestone: Milestone) -> int | None:
    """Until this transaction ends nobody else writes the milestone, and its plan stays in its state; its version now.

    Taken before any row that hangs on the milestone, in the order of the milestone's own verbs, and at once as a
    writer: two who first shared the row would then wait for each other.
    """
    hold(milestone.plan)
    rows = Milestone.objects.select_for_update(no_key=True, of=("self",)).filter(pk=milestone.pk)
    return rows.order_by().values_list("version", flat=True).first()


def lock_all(milestones: QuerySet[Milestone]) -> None:
    """The same for many, without their plans, in the order of their ids: before several are written."""
    rows = milestones.select_for_update(no_key=True, of=("self",)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def reserve(milestone: Milestone) -> None:
    """`lock` it to write it too; Conflict when somebody changed it since it was read."""
    if lock(milestone) != milestone.version:
        raise record.conflict(milestone)


def move(
    milestone: Milestone, values: Mapping[str, Any], *, verb: str, actor: Actor, now: datetime, reason: str
) -> bool:
    """Bring due, forecast or state to `values`, and the health to what follows; False when nothing differs.

    In the caller's transaction, which reserved the milestone and asked for the right. As with every move: the baseline
    stays, a new due is a new deadline version from which reminders count anew, each date leaves a row of its history.
    Raises Conflict when somebody changed the milestone first.
    """
    before = revisions.Dates.of(milestone)
    touched = {name: value for name, value in values.items() if getattr(milestone, name) != value}
    columns = revisions.columns(touched)
    if "due" in touched:
        columns["due_version"] = milestone.due_version + 1
    columns |= assessment.columns(milestone, columns, now=now)
    quietly = revisions.consequences(touched, now)
    if not record.update(milestone, columns, actor=actor, verb=verb, now=now, reason=reason, quietly=quietly):
        return False
    revisions.write(milestone, before, actor=actor, now=now, reason=reason)
    look_again(milestone, now)
    assessment.assess_again(milestone, now)
    return True
