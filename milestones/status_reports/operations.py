"""How is a report written, submitted, accepted, returned or, as a draft, discarded?

A person has one draft of a milestone at most. What was submitted stays; a correction is a later report, and what was
returned may be rewritten and submitted again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import Duplicate, Forbidden, RuleBroken, StateConflict, check_known
from milestones.models import (
    REPORT_TRANSITIONS,
    UNWRITTEN_STATES,
    ChangeEntry,
    Milestone,
    OutgoingMail,
    ReportDraft,
    ReportState,
    StatusReport,
)
from milestones.planning import assessment, moving, revisions
from milestones.planning.holding import hold, hold_milestone
from milestones.planning.rules import check_plan_open

from . import drafts, effects, letters, queries, rules
from .drafts import EDITABLE
from .rules import Content

NOT_DECIDED: dict[str, Any] = {"decided_by": None, "decided_at": None, "note": ""}


class NotTheirs(Forbidden):
    code = "not_theirs"
    message = _("Somebody else wrote this; write a report of your own, or let its author change it.")


class SamePerson(StateConflict):
    code = "same_person"
    message = _("Whoever filed a report cannot accept or return it; a second person must.")


def write(
    milestone: Milestone,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    report: StatusReport | None = None,
    version: int | None = None,
) -> StatusReport:
    """Keep `values` as a draft: the actor's own of this milestone, a new one when there is none. `report` names another
    one that is to be changed, a draft or a returned one.

    Raises RuleBroken (a field is at fault), Forbidden, NotTheirs, StateConflict, Conflict (two drafts at once, too).
    """
    access.require(actor, "report.write", milestone)
    prepared = _prepare(report, milestone, values, actor=actor, now=now, version=version)
    with record.writing(actor=actor, now=now):
        hold_milestone(milestone)
        _store(prepared.report, prepared.columns, actor=actor, verb="report.write", now=now)
    return prepared.report


def submit(report: StatusReport, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """A draft or returned report → submitted: it counts from now on, and moves what hangs on it (`effects`)."""
    access.require(actor, "report.submit", report)
    prepared = _prepare(report, report.milestone, {}, actor=actor, now=now, version=version)
    _submit(prepared, report.milestone, actor=actor, now=now)


def file(
    milestone: Milestone,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    report: StatusReport | None = None,
    version: int | None = None,
    draft: int | None = None,
) -> StatusReport:
    """`write` and `submit` in one: a form that is sent off, a system that reports what it holds.

    `draft` is the version of the actor's draft that the form knows (0: none); the draft goes in the same transaction.
    Such a form that is sent twice makes one report. Raises OtherWindow, Gone when it is not so any more.
    """
    access.require(actor, "report.submit", milestone)
    prepared = _prepare(report, milestone, values, actor=actor, now=now, version=version)
    return _submit(prepared, milestone, actor=actor, now=now, draft=draft)


def accept(report: StatusReport, *, note: str = "", actor: Actor, now: datetime, version: int | None = None) -> None:
    """A second person has read it and takes it as it is. submitted → accepted."""
    _decide(report, "accept", note, actor=actor, now=now, version=version)


def return_(report: StatusReport, *, note: str, actor: Actor, now: datetime, version: int | None = None) -> None:
    """It does not do; the note says what is missing. submitted → returned: it no longer counts, and its author is told.

    What it moved on the milestone stays as it was said, until the next report.
    """
    if not note.strip():
        raise RuleBroken(_("Say in a sentence what is missing."), field="note", code="missing")
    _decide(report, "return", note, actor=actor, now=now, version=version)


def discard(report: StatusReport, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Delete a draft; the history keeps that there was one."""
    record.expect(report, version)
    access.require(actor, "report.discard", report)
    _check_theirs(report, actor)
    if report.state != ReportState.DRAFT:
        message = _("Only a draft can be discarded; what was submitted stays on record.")
        raise StateConflict(message, code="cancel_instead")
    with record.writing(actor=actor, now=now):
        hold(report.milestone.plan)
        record.delete(report, actor=actor, verb="report.discard", now=now)


def begun(milestone: Milestone, actor: Actor) -> ReportDraft | StatusReport | None:
    """What a form goes on with: what was typed last, else a report that was drafted elsewhere, as over the API."""
    return drafts.of(milestone, actor) or own_draft(milestone, actor)


def own_draft(milestone: Milestone, actor: Actor) -> StatusReport | None:
    """The report of this milestone that the actor drafted where all who read it see it; clients name theirs."""
    if actor.person is None:
        return None
    return StatusReport.objects.filter(milestone=milestone, author=actor.person, state=ReportState.DRAFT).first()


@dataclass(frozen=True)
class _Prepared:
    """A report whose new content passed every rule for a draft."""

    report: StatusReport
    columns: Mapping[str, Any]
    content: Content


def _prepare(
    report: StatusReport | None,
    milestone: Milestone,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    version: int | None,
) -> _Prepared:
    report = report or own_draft(milestone, actor) or _new(milestone, actor)
    if not report._state.adding:
        record.expect(report, version)
        _check_theirs(report, actor)
        _check_state(report, UNWRITTEN_STATES)
    check_known(values, EDITABLE)
    rules.check_open(queries.about(milestone, now))
    said = {name: getattr(report, name) for name in EDITABLE} | _trimmed(values)
    for name in ("as_of", "progress"):
        if said[name] is None:
            raise RuleBroken(_("This is needed."), field=name, code="missing")
    content = Content(**said)
    rules.check(content, queries.about(milestone, now))
    return _Prepared(report, revisions.columns(_trimmed(values)), content)


def _new(milestone: Milestone, actor: Actor) -> StatusReport:
    """The office files for somebody else (代填) unless the milestone is its own."""
    person = actor.person
    on_behalf = person is not None and access.is_office(person) and milestone.accountable_id != person.pk
    return StatusReport(milestone=milestone, author=person, on_behalf=on_behalf)


def _trimmed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _submit(
    prepared: _Prepared, milestone: Milestone, *, actor: Actor, now: datetime, draft: int | None = None
) -> StatusReport:
    report, content = prepared.report, prepared.content
    rules.check_complete(content, effects.last_before(milestone, content, report))
    submitted = {"state": ReportState.SUBMITTED, "submitted_at": now, **NOT_DECIDED}
    with record.writing(actor=actor, now=now):
        moving.reserve(milestone)
        if draft is not None:
            if (sent := _sent(milestone, content, actor)) is not None:
                return sent
            drafts.take(milestone, draft, actor=actor)
        rules.check_complete(content, effects.last_before(milestone, content, report))  # another may have come in
        _store(report, {**prepared.columns, **submitted}, actor=actor, verb="report.submit", now=now)
        effects.follow(milestone, report, actor=actor, now=now)
    return report


def _sent(milestone: Milestone, content: Content, actor: Actor) -> StatusReport | None:
    """The report that says the same and waits to be read: its form was sent before."""
    same = revisions.columns(asdict(content) | {"forecast": content.forecast})
    rows = StatusReport.objects.filter(milestone=milestone, author=actor.person, state=ReportState.SUBMITTED)
    return rows.filter(**same).first()


def _store(report: StatusReport, columns: Mapping[str, Any], *, actor: Actor, verb: str, now: datetime) -> None:
    if not report._state.adding:
        allowed = {"state__in": UNWRITTEN_STATES}
        record.update(report, columns, actor=actor, verb=verb, now=now, allowed=allowed)
        return
    for name, value in columns.items():
        setattr(report, name, value)
    try:
        record.create(report, actor=actor, verb=verb, now=now)
    except Duplicate:
        opened = own_draft(report.milestone, actor)
        if opened is None:
            raise
        raise record.conflict(opened, since=0) from None


def _decide(report: StatusReport, verb: str, note: str, *, actor: Actor, now: datetime, version: int | None) -> None:
    record.expect(report, version)
    access.require(actor, f"report.{verb}", report)
    check_plan_open(report.milestone.plan)
    sources, target = REPORT_TRANSITIONS[verb]
    _check_state(report, sources)
    if _filed(report, actor):
        raise SamePerson
    mails = letters.returned(report, note.strip(), actor=actor, now=now) if verb == "return" else []
    columns = {"state": target, "decided_by": actor.person, "decided_at": now, "note": note.strip()}
    with record.writing(actor=actor, now=now):
        moving.lock(report.milestone)
        allowed = {"state__in": sources}
        record.update(report, columns, actor=actor, verb=f"report.{verb}", now=now, reason=note, allowed=allowed)
        assessment.refresh(report.milestone, now=now)  # what was returned counts no longer
        OutgoingMail.objects.bulk_create(mails)


def _filed(report: StatusReport, actor: Actor) -> bool:
    """Whether the actor wrote the report or sent it off; of clients only the history knows which."""
    if actor.is_system:
        return False
    last = ChangeEntry.objects.of(report).filter(verb="report.submit").last()
    if actor.person is None:
        return last is not None and last.client == actor.client
    return actor.person.pk in (report.author_id, last and last.actor_id)


def _check_theirs(report: StatusReport, actor: Actor) -> None:
    if not access.may_go_on(actor, report.author_id):
        raise NotTheirs


def _check_state(report: StatusReport, sources: Sequence[str]) -> None:
    if report.state not in sources:
        message = _("This report is %(state)s; that does not allow this step.")
        raise StateConflict(message % {"state": report.get_state_display()})
