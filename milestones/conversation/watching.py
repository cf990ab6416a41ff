"""Who wants to hear of a milestone? The news itself is sent by the verbs of planning (`planning/letters.py`)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import Conflict, Duplicate, RuleBroken
from milestones.models import Milestone, Person, Watch
from milestones.planning.holding import hold, still_there
from milestones.planning.rules import check_plan_open
from milestones.planning.staying import hold_active


def start(milestone: Milestone, *, person: Person | None = None, actor: Actor, now: datetime) -> Watch:
    """关注: `person` (by default the actor) hears from now on; who watches already goes on.

    For oneself whoever sees the milestone may, for others the office. Raises Forbidden, RuleBroken, PlanClosed.
    """
    watcher = person or _self(actor)
    access.require(actor, "watch.start" if watcher == actor.person else "watch.start_for", milestone)
    check_plan_open(milestone.plan)
    if not sees(watcher, milestone):
        message = _("%(name)s does not see this milestone, or is not active.") % {"name": watcher.display_name}
        raise RuleBroken(message, field="person", code="sees_not")
    rows = Watch.objects.filter(milestone=milestone, person=watcher)
    if (found := rows.first()) is not None:
        return found
    try:
        with record.writing(actor=actor, now=now):
            hold(milestone.plan)
            still_there(milestone.plan, milestone=milestone)
            hold_active(person=watcher)
            return record.create(Watch(milestone=milestone, person=watcher), actor=actor, verb="watch.start", now=now)
    except Duplicate:  # the same was asked for at the same moment
        if (found := rows.first()) is None:
            raise Conflict from None  # and taken back since
        return found


def stop(milestone: Milestone, *, person: Person | None = None, actor: Actor, now: datetime) -> bool:
    """取消关注; False when `person` (by default the actor) did not watch."""
    found = Watch.objects.filter(milestone=milestone, person=person or _self(actor)).first()
    if found is None:
        return False
    access.require(actor, "watch.stop", found)
    try:
        with record.writing(actor=actor, now=now):
            record.delete(found, actor=actor, verb="watch.stop", now=now)
    except Conflict:  # the same was asked for at the same moment
        return False
    return True


def sees(person: Person, milestone: Milestone) -> bool:
    return access.visible(Milestone.objects.filter(pk=milestone.pk), person).exists()


def _self(actor: Actor) -> Person:
    if actor.person is None:
        raise RuleBroken(_("Say who is to watch."), field="person", code="missing")
    return actor.person
