"""What has somebody typed of a report before sending it, and what becomes of it?

A draft is its person's alone and no change of anything: it is kept without an entry, and goes when the report is filed
(docs/decisions/0085).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import fitting, guard, record
from milestones.errors import Conflict, Forbidden, check_known
from milestones.models import Milestone, ReportDraft
from milestones.planning import revisions

from . import queries, rules

EDITABLE = tuple(field.name for field in fields(rules.Content))


class OtherWindow(Conflict):
    """Somebody's other window saved first."""


class Gone(Conflict):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This draft was filed or discarded elsewhere meanwhile. What you typed stands below; send it as a new "
                "report."
            )
        )


def of(milestone: Milestone, actor: Actor) -> ReportDraft | None:
    return ReportDraft.objects.filter(milestone=milestone, person=actor.person).first() if actor.person else None


def keep(
    milestone: Milestone, values: Mapping[str, Any], *, actor: Actor, now: datetime, version: int = 0
) -> ReportDraft:
    """Store `values` over the actor's draft as the window at hand knows it: `version`, 0 when it knows of none.

    It may say what no report may say yet. Raises Forbidden, StateConflict, Classified, RuleBroken, OtherWindow, Gone.
    """
    access.require(actor, "report.write", milestone)
    rules.check_open(queries.about(milestone, now))
    if actor.person is None:
        raise Forbidden  # a system has nothing to come back to
    check_known(values, EDITABLE)
    columns = revisions.columns(values)
    fitting.check(ReportDraft, columns)
    draft = ReportDraft(milestone=milestone, person=actor.person, updated_at=now, **columns)
    with record.writing(actor=actor, now=now):
        guard.check_row(draft, columns, {}, "", actor, now)
        return _replaced(draft, columns, version, now) if version else _begun(draft, actor)


def discard(draft: ReportDraft, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Raises Forbidden for everybody but its person, OtherWindow, Gone."""
    if actor.person is None or draft.person_id != actor.person.pk:
        raise Forbidden
    with record.writing(actor=actor, now=now):
        take(draft.milestone, draft.version if version is None else version, actor=actor)


def take(milestone: Milestone, version: int, *, actor: Actor) -> None:
    """The actor's draft goes, in the transaction that makes a report of it, if it is as the window at hand knows it."""
    mine = ReportDraft.objects.filter(milestone=milestone, person=actor.person)
    if version and not mine.filter(version=version).delete()[0]:
        raise _met(milestone, actor)
    if not version and mine.exists():
        raise _met(milestone, actor)


def _begun(draft: ReportDraft, actor: Actor) -> ReportDraft:
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        raise _met(draft.milestone, actor) from None
    return draft


def _replaced(draft: ReportDraft, columns: Mapping[str, Any], version: int, now: datetime) -> ReportDraft:
    """What does not differ writes nothing."""
    rows = ReportDraft.objects.filter(milestone=draft.milestone_id, person=draft.person_id, version=version)
    if (same := rows.filter(**columns).first()) is not None:
        return same
    if not rows.update(**columns, version=version + 1, updated_at=now):
        raise _met(draft.milestone, Actor(draft.person, via="web"))
    draft.version = version + 1
    return draft


def _met(milestone: Milestone, actor: Actor) -> Conflict:
    found = of(milestone, actor)
    if found is None:
        return Gone()
    message = _("You saved this report in another window meanwhile; nothing was saved here.")
    return OtherWindow(message, version=found.version, when=found.updated_at)
