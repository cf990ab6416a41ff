"""How is a notice issued, signed for, answered and cancelled?

Each is one row of NOTICE_TRANSITIONS. The number is taken in the transaction, last of all; until then the letters,
rendered before it, hold NUMBER in its place. Who issues in a transaction of their own drafts first, and puts it out in
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones import access, wording
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict
from milestones.mail import outbox
from milestones.models import (
    NOTICE_TRANSITIONS,
    Milestone,
    Notice,
    NoticeState,
    Organisation,
    OutgoingMail,
)
from milestones.planning.calendars import calendar
from milestones.planning.holding import hold
from milestones.planning.moving import reserve
from milestones.planning.rules import check_plan_open
from milestones.planning.staying import hold_active

from . import carried, letters, numbering, rules


class AlreadyOpen(StateConflict):
    """一事一单: one notice of a level at a time about one milestone."""

    code = "notice_open"


@dataclass(frozen=True)
class Draft:
    """A notice that is not issued yet, and its letters; both still without the number."""

    notice: Notice
    mails: list[OutgoingMail]


def issue(
    milestone: Milestone,
    *,
    level: str,
    matter: str,
    organisation: Organisation | None = None,
    respond_days: int | None = None,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Notice:
    """A numbered notice to `organisation` (the lead by default), to be answered within `respond_days` working days.

    `version` is the milestone's that was looked at. Raises RuleBroken, StateConflict, AlreadyOpen, Forbidden, Conflict.
    """
    record.expect(milestone, version)
    drafted = draft(
        milestone,
        level=level,
        matter=matter,
        organisation=organisation,
        respond_days=respond_days,
        actor=actor,
        now=now,
    )
    with record.writing(actor=actor, now=now):
        return put_out(drafted, actor=actor, now=now)


def draft(
    milestone: Milestone,
    *,
    level: str,
    matter: str,
    organisation: Organisation | None = None,
    respond_days: int | None = None,
    to: Iterable[letters.To] | None = None,
    actor: Actor,
    now: datetime,
) -> Draft:
    """What `issue` issues, with all that can be checked and rendered before a transaction. `to` are those who are told;
    None: whoever answers for the matter in the organisation."""
    access.require(actor, "notice.issue", milestone)
    _check_milestone(milestone)
    notice = _drafted(milestone, level, matter, organisation or milestone.lead, respond_days, actor, now)
    _check_one(milestone, level)
    to = letters.told(notice, actor) if to is None else to
    return Draft(notice, letters.issued(notice, to, now=now))


def put_out(drafted: Draft, *, actor: Actor, now: datetime) -> Notice:
    """Issue what was drafted, in the caller's transaction, in which it takes the last lock but those of reminders and
    mails."""
    notice = drafted.notice
    hold(notice.milestone.plan)
    hold_active(organisation=notice.organisation)
    reserve(notice.milestone)
    _check_one(notice.milestone, notice.level)
    notice.number = numbering.take(notice.year)
    record.create(notice, actor=actor, verb="notice.issue", now=now)
    outbox.put(letters.numbered(drafted.mails, notice))
    return notice


def sign(notice: Notice, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """签收: it has arrived and is known there. issued → signed."""
    also = partial(carried.acknowledge, notice, now)
    _move(notice, "sign", _signature(actor, now), actor=actor, now=now, version=version, also=also)


def reply(notice: Notice, text: str, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """答复, which also signs for what nobody signed for. issued or signed → replied; the office is told."""
    text = rules.check_text(text, field="reply", longest=rules.REPLY_LENGTH)
    values = {"reply": text, "replied_by": actor.person, "replied_at": now}
    if notice.signed_at is None:
        values |= _signature(actor, now)
    mails = letters.replied(notice, text, actor=actor, now=now)

    def also() -> None:
        OutgoingMail.objects.bulk_create(mails)
        carried.acknowledge(notice, now)

    _move(notice, "reply", values, actor=actor, now=now, version=version, also=also)


def cancel(notice: Notice, *, reason: str, actor: Actor, now: datetime, version: int | None = None) -> None:
    """撤销: it need not be answered. Its number stays used; whoever was told of it is told of this, and whose
    letter has not left of neither."""
    if not reason.strip():
        message = _("A reason is needed; say why in a sentence.")
        raise RuleBroken(message, field="reason", code="reason_missing")
    values = {"cancelled_at": now, "reason": reason.strip()}
    mails = letters.cancelled(notice, reason.strip(), actor=actor, now=now)

    def also() -> None:
        untold = carried.withhold(notice, now)
        OutgoingMail.objects.bulk_create([mail for mail in mails if mail.recipient_id not in untold])

    _move(notice, "cancel", values, actor=actor, now=now, reason=reason.strip(), version=version, also=also)


def _drafted(
    milestone: Milestone,
    level: str,
    matter: str,
    organisation: Organisation | None,
    respond_days: int | None,
    actor: Actor,
    now: datetime,
) -> Notice:
    """The unsaved notice, checked against every rule that needs no other row; its number is still to come."""
    rules.check_level(level)
    today = now.astimezone(milestone.plan.zone).date()
    return Notice(
        year=today.year,
        level=level,
        milestone=milestone,
        organisation=_addressee(milestone, organisation),
        matter=rules.check_text(matter, field="matter", longest=rules.MATTER_LENGTH),
        issued_by=actor.person,
        issued_on=today,
        respond_by=rules.respond_by(today, level, respond_days, calendar()),
    )


def _addressee(milestone: Milestone, organisation: Organisation | None) -> Organisation:
    """Whoever gets it must be able to read it: the lead or a party."""
    if organisation is None:
        message = _("This milestone has no lead organisation; name the organisation that the notice goes to.")
        raise RuleBroken(message, field="organisation", code="missing")
    if not organisation.is_active:
        message = _("This organisation is not active; choose another.")
        raise RuleBroken(message, field="organisation", code="inactive")
    takes_part = milestone.parties.filter(organisation=organisation).exists()
    if organisation.pk != milestone.lead_id and not takes_part:
        message = _("%(organisation)s neither leads this milestone nor takes part in it; make it a party first.")
        raise RuleBroken(message % {"organisation": organisation}, field="organisation", code="no_party")
    return organisation


def _check_milestone(milestone: Milestone) -> None:
    if not milestone.plan.is_active:
        raise StateConflict(_("Notices are issued in active plans only."), code="plan_not_active")
    if not milestone.is_open:
        message = _("This milestone is %(state)s; there is nothing left to send a notice about.")
        raise StateConflict(message % {"state": milestone.get_state_display()}, code="milestone_closed")


def _check_one(milestone: Milestone, level: str) -> None:
    earlier = Notice.objects.open().filter(milestone=milestone, level=level).first()
    if earlier is not None:
        message = _(
            "Notice %(number)s of this level is still open for this milestone; wait for its answer, or cancel it first."
        )
        raise AlreadyOpen(message % {"number": earlier.label}, field="level")


def _signature(actor: Actor, now: datetime) -> dict[str, Any]:
    return {"signed_by": actor.person, "signed_at": now}


def _move(
    notice: Notice,
    verb: str,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
    also: Callable[[], object],
) -> None:
    """`also` is what else belongs to it, in its transaction."""
    record.expect(notice, version)
    access.require(actor, f"notice.{verb}", notice)
    sources, target = NOTICE_TRANSITIONS[verb]
    check_plan_open(notice.milestone.plan)
    _check_state(notice, sources)
    columns = {**values, "state": target}
    allowed = {"state__in": sources}
    with record.writing(actor=actor, now=now):
        hold(notice.milestone.plan)
        record.update(notice, columns, actor=actor, verb=f"notice.{verb}", now=now, reason=reason, allowed=allowed)
        also()


def _check_state(notice: Notice, sources: Sequence[NoticeState]) -> None:
    if notice.state not in sources:
        message = _("This notice was %(state)s on %(day)s; that does not allow this step.")
        shown = {"state": notice.get_state_display(), "day": wording.day(_day_of_state(notice))}
        raise StateConflict(message % shown, code="notice_state")


def _day_of_state(notice: Notice) -> date:
    """Since when it is in the state it is in."""
    at = {"signed": notice.signed_at, "replied": notice.replied_at, "cancelled": notice.cancelled_at}[notice.state]
    assert at is not None  # the table's own rules
    return at.astimezone(notice.milestone.plan.zone).date()
