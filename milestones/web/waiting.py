"""What waits for this reader's decision, and how much of it is there?"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, UUIDField, Value

from milestones import access
from milestones.actors import Actor
from milestones.models import (
    Evidence,
    EvidenceState,
    Extension,
    Milestone,
    Person,
    Plan,
    PlanState,
    ReportState,
    State,
    StatusReport,
)
from milestones.models.prepared import Prepared, Slot

ANY = Q()
UP = 3  # units above a lead whose leaders come with a request; any beyond cost a query each


def extensions(actor: Actor) -> list[Extension]:
    """Requests that the actor may decide, oldest first; nobody decides on what they asked for themselves."""
    if not access.decides(actor):
        return []
    units = ["milestone__lead" + "__parent" * up for up in range(UP + 1)]
    leaders = [] if access.may(actor, "extension.approve") else [f"{unit}__supervising_leader" for unit in units]
    near = (f"milestone__{name}" for name in ("plan", "workstream", "lead", "accountable"))
    rows = _requests(actor.person).select_related(*near, "requested_by__organisation")
    rows = rows.select_related(*leaders) if leaders else rows
    return [row for row in rows.order_by("requested_at", "id") if access.may(actor, "extension.approve", row)]


def closeouts(actor: Actor) -> QuerySet[Milestone]:
    """Submitted as done by somebody else."""
    rows = _closeouts(actor.person)
    return rows if access.may(actor, "milestone.verify") else rows.none()


def reports(actor: Actor) -> QuerySet[StatusReport]:
    """Submitted by somebody else and neither accepted nor returned."""
    rows = _reports(actor.person)
    return rows if access.may(actor, "report.accept") else rows.none()


def evidence(actor: Actor) -> QuerySet[Evidence]:
    """Pieces that nobody has checked, attached by somebody else; those of a submission are checked with it."""
    rows = _evidence(actor.person)
    return rows if access.may(actor, "evidence.verify") else rows.none()


def count(actor: Actor) -> int:
    """How many decisions wait; one query at most, and none for those for whom nothing ever waits."""
    if not access.decides(actor):
        return 0
    if not access.may(actor, "milestone.verify"):
        return len(extensions(actor))
    assert actor.person is not None, "the decisions of nobody"
    return sum(one or 0 for one in _COUNTS.first(me=actor.person.pk))


def _counts() -> QuerySet[Any, Any]:
    """The office's, hung on the reader's own row."""
    me = Slot("me", UUIDField())
    kinds: list[QuerySet[Any]] = [_requests(me), _closeouts(me), _reports(me), _evidence(me)]
    return Person.objects.filter(pk=me).order_by().values_list(*map(_count, kinds))


_COUNTS = Prepared(_counts)


# Each kind, but for what `me` did: a person, or the slot for one.
def _requests(me: Any) -> QuerySet[Extension]:
    return Extension.objects.open().filter(_of_active_plans()).exclude(requested_by=me)


def _closeouts(me: Any) -> QuerySet[Milestone]:
    return Milestone.objects.submitted().filter(plan__in=_active()).exclude(submitted_by=me)


def _reports(me: Any) -> QuerySet[StatusReport]:
    return StatusReport.objects.filter(_of_active_plans(), state=ReportState.SUBMITTED).exclude(author=me)


def _evidence(me: Any) -> QuerySet[Evidence]:
    elsewhere = Q(state__in=(State.SUBMITTED, State.CANCELLED))
    return Evidence.objects.filter(_of_active_plans(~elsewhere), state=EvidenceState.PENDING).exclude(added_by=me)


def _of_active_plans(which: Q = ANY) -> Exists:
    """Asked of each row: a join would begin with all milestones of these plans and look for the few rows from there."""
    return Exists(Milestone.objects.filter(which, pk=OuterRef("milestone"), plan__in=_active()))


def _active() -> QuerySet[Plan, Any]:
    return Plan.objects.filter(state=PlanState.ACTIVE).values("pk")


def _count(rows: QuerySet[Any]) -> Subquery:
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Subquery(counted, output_field=IntegerField())
