"""What happened to a milestone and to all that hangs on it, as far as the viewer may read it?"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q, QuerySet

from milestones import access
from milestones.actors import Actor
from milestones.models import (
    ChangeEntry,
    Comment,
    Dependency,
    Evidence,
    Extension,
    HealthOverride,
    Milestone,
    Notice,
    Op,
    Person,
    StatusReport,
)

HANGING: tuple[type[Model], ...] = (StatusReport, Extension, Evidence, Notice, Comment, HealthOverride)


def timeline(milestone: Milestone, viewer: Actor | Person | None) -> QuerySet[ChangeEntry]:
    """The entries of the milestone, its reports, extensions, evidence, notices, comments, overrides and dependencies,
    oldest first. Of inner matters only those whose rows the viewer may read.
    """
    if not access.visible(Milestone.objects.filter(pk=milestone.pk), viewer).exists():
        return ChangeEntry.objects.none()
    own = Q(entity="milestone", object_id=milestone.pk)
    hanging = [_of(model, Q(milestone=milestone), viewer) for model in HANGING]
    return ChangeEntry.objects.filter(reduce(or_, [own, *hanging, _dependencies(milestone, viewer)])).order_by("id")


def _of(model: type[Model], which: Q, viewer: Any) -> Q:
    rows = access.visible(model._default_manager.filter(which), viewer).order_by()
    return Q(entity=model._meta.model_name, object_id__in=rows.values("pk"))


def _dependencies(milestone: Milestone, viewer: Any) -> Q:
    """Also those of its plan that were removed: nothing but their entries tells of them."""
    present = _of(Dependency, Q(predecessor=milestone) | Q(successor=milestone), viewer)
    pk = str(milestone.pk)
    ends = Q(changes__predecessor_id__1=pk) | Q(changes__successor_id__1=pk)
    made = ChangeEntry.objects.filter(ends, entity="dependency", op=Op.CREATE, plan_id=milestone.plan_id)
    return present | Q(entity="dependency", object_id__in=made.order_by().values("object_id"))
