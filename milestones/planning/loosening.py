"""What goes along when a milestone of a draft is deleted? What ties it to others, each with its own tombstone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from milestones.actors import Actor
from milestones.changes import record
from milestones.models import Comment, Dependency, Milestone, OutgoingMail, Watch


def loosen(milestones: Iterable[Milestone], *, actor: Actor, now: datetime) -> None:
    """Dependencies on either side, watches and comments; in the transaction of the verb that deletes.

    Mails about it (somebody was mentioned) stay and name it no more.
    """
    ids = [milestone.pk for milestone in milestones]
    tied = Q(predecessor__id__any_of=ids) | Q(successor__id__any_of=ids)
    for dependency in Dependency.objects.filter(tied).select_related("successor"):
        record.delete(dependency, actor=actor, verb="dependency.remove", now=now)
    for watch in Watch.objects.filter(milestone__id__any_of=ids).select_related("milestone"):
        record.delete(watch, actor=actor, verb="watch.stop", now=now)
    for comment in Comment.objects.filter(milestone__id__any_of=ids).select_related("milestone"):
        record.delete(comment, actor=actor, verb="comment.delete", now=now)
    OutgoingMail.objects.filter(milestone__id__any_of=ids).update(milestone=None)
