"""How does one milestone come to wait for another? Finish-to-start with a lag, and never in a circle."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import Duplicate, RuleBroken
from milestones.models import Dependency, Milestone
from milestones.models.dependencies import LONGEST_LAG

from . import assessment, dependency_graph, moving
from .holding import hold, still_there
from .rules import check_plan_open

# Any fixed number: the advisory lock under which one dependency at a time is added on PostgreSQL. Two that each look
# for a circle before the other has committed would close one together.
LOCK = 0x_D0_9E_4D_5
ARROW = " → "


class Cycle(RuleBroken):
    """The successor must already be reached before the predecessor; the message holds the whole way round."""

    code = "cycle"


def add(predecessor: Milestone, successor: Milestone, *, lag: int = 0, actor: Actor, now: datetime) -> Dependency:
    """`successor` is reached `lag` working days after `predecessor` at the earliest.

    Raises Cycle, Duplicate, RuleBroken (itself, lag, a predecessor out of sight or in a draft), PlanClosed, Forbidden.
    """
    dependency = Dependency(predecessor=predecessor, successor=successor, lag=lag)
    access.require(actor, "dependency.add", dependency)
    _check(dependency, actor)
    with record.writing(actor=actor, now=now):
        wait_in_line()
        hold(predecessor.plan, successor.plan)
        still_there(predecessor.plan, predecessor=predecessor)
        still_there(successor.plan, successor=successor)
        _check_new(dependency, actor)
        record.create(dependency, actor=actor, verb="dependency.add", now=now)
        assessment.refresh(successor, now=now)
    return dependency


def edit(dependency: Dependency, *, lag: int, actor: Actor, now: datetime, version: int | None = None) -> bool:
    """Another lag; whom it ties to whom is never edited."""
    record.expect(dependency, version)
    access.require(actor, "dependency.edit", dependency)
    _check_lag(lag)
    plans = {dependency.predecessor.plan, dependency.successor.plan}
    for plan in plans:
        check_plan_open(plan)
    with record.writing(actor=actor, now=now):
        hold(*plans)
        return record.update(dependency, {"lag": lag}, actor=actor, verb="dependency.edit", now=now)


def remove(dependency: Dependency, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Nothing waits here any more; the tombstone stays. Allowed whatever the state of the two plans."""
    record.expect(dependency, version)
    access.require(actor, "dependency.remove", dependency)
    with record.writing(actor=actor, now=now):
        if dependency.successor.plan.is_active:
            moving.lock(dependency.successor)
        record.delete(dependency, actor=actor, verb="dependency.remove", now=now)
        if dependency.successor.plan.is_active:
            assessment.refresh(dependency.successor, now=now)


def wait_in_line() -> None:
    """Until this transaction ends nobody else adds a dependency. SQLite has a single writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def check_no_cycle(predecessor: Milestone, successor: Milestone, actor: Actor) -> None:
    """Raises Cycle when a way leads from `successor` to `predecessor` already; asked while waiting in line."""
    edges = dependency_graph.onward(Milestone.objects.filter(pk=successor.pk))
    if way := dependency_graph.shortest_way(edges, successor.pk, predecessor.pk):
        message = _("This would close a circle: %(way)s. Remove one of these dependencies first.")
        raise Cycle(message % {"way": _words([predecessor.pk, *way], actor)}, field="predecessor")


def _check(dependency: Dependency, actor: Actor) -> None:
    predecessor, successor = dependency.predecessor, dependency.successor
    if predecessor.pk == successor.pk:
        message = _("A milestone cannot wait for itself; choose another.")
        raise RuleBroken(message, field="predecessor", code="itself")
    if not access.visible(Milestone.objects.filter(pk=predecessor.pk), actor).exists():
        raise RuleBroken(_("There is no such milestone."), field="predecessor", code="unknown")
    _check_lag(dependency.lag)
    check_plan_open(predecessor.plan)
    check_plan_open(successor.plan)
    if predecessor.plan.is_draft and not successor.plan.is_draft:
        message = _("A draft promises nothing yet: activate the plan of the predecessor first.")
        raise RuleBroken(message, field="predecessor", code="draft")


def _check_lag(lag: int) -> None:
    if abs(lag) > LONGEST_LAG:
        message = _("The lag is a number of working days from −%(most)s to %(most)s.")
        raise RuleBroken(message % {"most": LONGEST_LAG}, field="lag", code="lag")


def _check_new(dependency: Dependency, actor: Actor) -> None:
    """What another addition may have changed; asked while waiting in line."""
    predecessor, successor = dependency.predecessor, dependency.successor
    if Dependency.objects.filter(predecessor=predecessor, successor=successor).exists():
        raise Duplicate(_("This dependency is there already; edit its lag instead."), field="predecessor")
    check_no_cycle(predecessor, successor, actor)


def _words(way: list[uuid.UUID], actor: Actor) -> str:
    """“FIN-01 → FIN-03 → FIN-01”, with the plans' codes where there are several; what is out of sight stays so."""
    seen = access.visible(Milestone.objects.filter(pk__in=way), actor).select_related("plan")
    milestones = {milestone.pk: milestone for milestone in seen}
    one_plan = len({milestone.plan_id for milestone in milestones.values()}) == 1
    names = {pk: one.code if one_plan else f"{one.plan.code}/{one.code}" for pk, one in milestones.items()}
    return ARROW.join(names.get(pk, "…") for pk in way)
