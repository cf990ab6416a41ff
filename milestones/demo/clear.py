"""How does the demonstration leave without taking anything real along?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import StateConflict
from milestones.evidence import store
from milestones.models import (
    CalendarFeed,
    Comment,
    CommentMention,
    DateRevision,
    Delegation,
    Dependency,
    Evidence,
    Extension,
    ExternalRef,
    HealthOverride,
    MailKind,
    Milestone,
    Notice,
    Organisation,
    OrganisationWebhook,
    OutgoingMail,
    Party,
    Person,
    Plan,
    Reading,
    Reminder,
    RoleGrant,
    StatusReport,
    Target,
    Watch,
    Workstream,
)
from milestones.models.base import Versioned

Ids = dict[type[models.Model], set[Any]]
SHOWN = 20

# What is a demonstration when its milestone is one, whoever wrote it.
OF_A_MILESTONE: tuple[type[Any], ...] = (Evidence, StatusReport, Extension, Notice, Comment, HealthOverride)
# Objects of the business, in an order in which nothing is deleted before what points to it; each leaves a tombstone.
OBJECTS: tuple[type[Versioned], ...] = (
    *OF_A_MILESTONE,
    Watch,
    Dependency,
    Delegation,
    CalendarFeed,
    Reading,
    Milestone,
    Target,
    Workstream,
    Plan,
    Person,
    OrganisationWebhook,
    Organisation,
)


class StillNeeded(StateConflict):
    """Real rows depend on demonstration rows; `rows` names them."""

    code = "still_needed"

    def __init__(self, rows: list[str]) -> None:
        self.rows = rows
        more = "" if len(rows) <= SHOWN else " …"
        message = _("Real data depends on the demonstration; change these first: %(rows)s")
        super().__init__(str(message) % {"rows": "; ".join(rows[:SHOWN]) + more})


def clear(*, actor: Actor, now: datetime) -> Counter[str]:
    """Delete all demonstration rows and files; how many objects of each kind went. Real data beside them stays as it
    is, and the numbers of notices are not given again.

    Raises StillNeeded, and deletes nothing, when a real row points to a demonstration row.
    """
    with transaction.atomic():
        doomed = _doomed()
        if needed := list(_needed(doomed)):
            raise StillNeeded(needed)
        sums = set(Evidence.objects.filter(pk__in=doomed[Evidence]).exclude(sha256="").values_list("sha256", flat=True))
        _cut(doomed)
        gone: Counter[str] = Counter()
        for model in OBJECTS:
            rows = model._default_manager.filter(pk__in=doomed[model]).order_by("-created_at", "-id")
            for row in rows:
                record.delete(row, actor=actor, verb=f"{model._meta.model_name}.delete", now=now)
                gone[str(model._meta.model_name)] += 1
    store.remove(sums)
    return gone


def _doomed() -> Ids:
    """The demonstration's rows by table, its ledger and outbox included."""
    plans, people = Plan.objects.filter(is_demo=True), Person.objects.filter(is_demo=True)
    inside = Milestone.objects.filter(plan__in=plans)
    reminders = Reminder.objects.filter(models.Q(milestone__in=inside) | models.Q(recipient__in=people))
    querysets: tuple[models.QuerySet[Any], ...] = (
        plans,
        people,
        inside,
        reminders,
        Workstream.objects.filter(plan__in=plans),
        Target.objects.filter(plan__in=plans),
        *(model._default_manager.filter(milestone__in=inside) for model in OF_A_MILESTONE),
        CommentMention.objects.filter(comment__milestone__in=inside),
        Watch.objects.filter(models.Q(milestone__in=inside) | models.Q(person__in=people)),
        Dependency.objects.filter(successor__in=inside),
        Delegation.objects.filter(person__in=people),
        CalendarFeed.objects.filter(models.Q(person__in=people) | models.Q(plan__in=plans)),
        DateRevision.objects.filter(milestone__in=inside),
        Party.objects.filter(milestone__in=inside),
        Reading.objects.filter(target__plan__in=plans),
        OutgoingMail.objects.filter(
            models.Q(recipient__in=people) | models.Q(organisation__is_demo=True) | _posts_alone(inside)
        ),
        RoleGrant.objects.filter(person__in=people),
        OrganisationWebhook.objects.filter(organisation__is_demo=True),
        Organisation.objects.filter(is_demo=True),
    )
    return {rows.model: set(rows.values_list("pk", flat=True)) for rows in querysets}


def _posts_alone(milestones: models.QuerySet[Milestone]) -> models.Q:
    """Without their milestone they would be one more post of that day."""
    return models.Q(kind=MailKind.POST, milestone__in=milestones)


def _needed(doomed: Ids) -> Iterator[str]:
    """The rows outside that a protected foreign key ties to a row inside. Links from mails are cut instead."""
    for model in OBJECTS:
        for relation in _relations(model):
            related = relation.related_model
            if relation.on_delete is not models.PROTECT or related is OutgoingMail:
                continue
            pointing = related._default_manager.filter(**{f"{relation.field.name}__in": doomed[model]})
            for row in pointing.exclude(pk__in=doomed.get(related, set())):
                yield f"{related._meta.verbose_name} {row} ({relation.field.verbose_name})"


def _relations(model: type[models.Model]) -> list[Any]:
    """All that point to it, those without a name of their own on this side too."""
    fields = model._meta.get_fields(include_hidden=True)
    return [field for field in fields if field.auto_created and (field.one_to_many or field.one_to_one)]


def _cut(doomed: Ids) -> None:
    """Remove what is no object of its own, and the links that run in circles."""
    Reminder.objects.filter(pk__in=doomed[Reminder]).delete()
    OutgoingMail.objects.filter(pk__in=doomed[OutgoingMail]).delete()
    OutgoingMail.objects.filter(milestone__in=doomed[Milestone]).update(milestone=None)
    DateRevision.objects.filter(pk__in=doomed[DateRevision]).delete()
    ExternalRef.objects.filter(object_id__in=[pk for model in OBJECTS for pk in doomed[model]]).delete()
    Milestone.objects.filter(pk__in=doomed[Milestone]).update(parent=None, carried_from=None)
    Organisation.objects.filter(pk__in=doomed[Organisation]).update(
        parent=None, head=None, supervising_leader=None, coordinator=None
    )
