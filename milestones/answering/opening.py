"""What is a link about, and is it still open to its person?

Asked when a link is opened and again when its form is sent; each refusal says why and, where it can, who it is now.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones import access, links, wording
from milestones.actors import Actor
from milestones.errors import DomainError
from milestones.extensions import operations as extensions
from milestones.extensions import rules as extension_rules
from milestones.links import Link, LinkVoid
from milestones.models import (
    MailKind,
    Milestone,
    Notice,
    OutgoingMail,
    Person,
    Reminder,
    ReminderState,
    Via,
)
from milestones.people import preferences
from milestones.status_reports import queries as report_queries
from milestones.status_reports import rules as report_rules

REACHED = (ReminderState.CLAIMED, ReminderState.SENT)  # a mail may be read before its acceptance is written down


def actor(link: Link, now: datetime) -> Actor:
    """The person the mail went to; what they may do for others is asked of the day on which they act."""
    return Actor(person(link), Via.MAIL, day=timezone.localdate(now))


def person(link: Link) -> Person:
    assert link.mail.recipient is not None, "a link without a person is void"
    return link.mail.recipient


def subject(link: Link) -> UUID:
    assert link.subject is not None, "what is about something names it"
    return link.subject


def is_about_a_notice(link: Link) -> bool:
    return link.mail.kind == MailKind.NOTICE


def to_report(link: Link, now: datetime) -> Milestone:
    """The milestone that its person may report on."""
    milestone = _milestone(link)
    _check_theirs(link, "report.submit", milestone, now)
    _check(lambda: report_rules.check_open(report_queries.about(milestone, now)))
    return milestone


def to_extend(link: Link, now: datetime) -> Milestone:
    """The milestone for which its person may ask for a later date."""
    milestone = _milestone(link)
    _check_theirs(link, "extension.request", milestone, now)
    _check(lambda: extension_rules.check_worked_at(extensions.about(milestone, now)))
    earlier = milestone.extensions.open().first()
    if earlier is not None:
        message = _("A later date (%(due)s) was asked for on %(day)s already; it waits for its decision.")
        shown = {"due": wording.period(earlier.due), "day": wording.day(timezone.localdate(earlier.requested_at))}
        raise LinkVoid(message % shown)
    return milestone


def to_sign(link: Link, now: datetime) -> Notice:
    """The notice that its person may sign for, or, when somebody has, answer."""
    near = ("organisation", "milestone__plan", "milestone__lead", "milestone__accountable", "milestone__workstream")
    people = ("issued_by__organisation", "signed_by", "replied_by")
    notice = Notice.objects.select_related(*near, *people).filter(pk=subject(link)).first()
    if notice is None:
        raise LinkVoid
    links.check_unused(link)
    if not access.may(actor(link, now), "notice.sign", notice):
        message = _("You no longer speak for %(organisation)s, to which the notice went; who does signs for it.")
        raise LinkVoid(message % {"organisation": notice.organisation})
    if not notice.milestone.plan.is_active:
        raise LinkVoid(_("The plan is closed; its notices are signed and answered no more."))
    if not notice.is_open:
        message = _("Notice %(number)s is %(state)s; there is nothing left to sign or to answer.")
        raise LinkVoid(message % {"number": notice.label, "state": notice.get_state_display()})
    return notice


def to_receive(link: Link, now: datetime) -> Milestone:
    """The milestone that its person was reminded of by this mail."""
    milestone = _milestone(link)
    if not milestone.is_open or not milestone.plan.is_active:
        raise LinkVoid(_("This milestone is closed; nothing is left of the reminder."))
    if milestone.reminded_since > link.mail.created_at:
        raise LinkVoid(_("The milestone was moved or handed over after this reminder; it holds no longer."))
    if not brought(link.mail, milestone).exists():
        raise LinkVoid(_("This reminder holds no longer."))
    return milestone


def brought(mail: OutgoingMail, milestone: Any) -> Any:
    """The reminders of `milestone` that reached somebody by `mail` and were not signed for."""
    return Reminder.objects.filter(mail=mail, milestone=milestone, state__in=REACHED)


def mutable(link: Link, now: datetime) -> dict[str, str]:
    """Code → words of the steps that brought this mail, as far as its person may mute them and does not yet."""
    bulletin = usual_step(link)
    of_mail = (
        {bulletin} if bulletin else set(Reminder.objects.filter(mail=link.mail).values_list("step__code", flat=True))
    )
    silenced = set(person(link).muted_steps)
    steps = preferences.mutable_steps(timezone.localdate(now)) if of_mail - silenced else {}
    return {code: words for code, words in steps.items() if code in of_mail - silenced}


def usual_step(link: Link) -> str:
    """What is stopped where nothing is named: the bulletin by its own mail; empty, for digests, by all others."""
    return MailKind.BULLETIN.value if link.mail.kind == MailKind.BULLETIN else ""


def _milestone(link: Link) -> Milestone:
    near = ("plan", "workstream", "lead", "accountable")
    milestone = Milestone.objects.select_related(*near).filter(pk=subject(link)).first()
    if milestone is None:
        raise LinkVoid
    links.check_unused(link)
    return milestone


def _check_theirs(link: Link, verb: str, milestone: Milestone, now: datetime) -> None:
    if access.may(actor(link, now), verb, milestone):
        return
    if milestone.accountable is not None and milestone.accountable != person(link):
        message = _("This milestone is in other hands now: %(name)s answers for it.")
        raise LinkVoid(message % {"name": milestone.accountable.display_name})
    raise LinkVoid(_("This milestone is no longer yours to act on."))


def _check(rule: Callable[[], None]) -> None:
    try:
        rule()
    except DomainError as refusal:
        raise LinkVoid(str(refusal)) from refusal
