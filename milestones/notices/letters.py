"""Which letters does a notice send? Rendered before the transaction in which its number is taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from milestones import access
from milestones.actors import Actor
from milestones.mail import catalogue
from milestones.models import Notice, OutgoingMail, Person
from milestones.planning.calendars import calendar

from .recipients import recipients

NUMBER = "\ue000"  # stands for a number not yet taken: a character for private use, which no text holds
SUBJECT_LENGTH = 300


def issued(notice: Notice, *, actor: Actor, now: datetime) -> list[OutgoingMail]:
    """To whoever answers for the matter in its organisation; NUMBER stands where the number will."""
    days, due_on = calendar(), notice.milestone.due_on
    context: dict[str, Any] = {
        "number": NUMBER,
        "respond_days": days.count(notice.issued_on, notice.respond_by),
        "overdue_days": max(0, days.count(due_on, notice.issued_on)),
    }
    return [catalogue.notice(person, notice, now=now, **context) for person in _told(notice, actor, now)]


def numbered(mails: Iterable[OutgoingMail], notice: Notice) -> list[OutgoingMail]:
    """The same letters with the number that the notice has got."""
    found = list(mails)
    for mail in found:
        for part in ("subject", "text", "html"):
            setattr(mail, part, getattr(mail, part).replace(NUMBER, str(notice.number)))
        mail.subject = mail.subject[:SUBJECT_LENGTH]
    return found


def replied(notice: Notice, text: str, *, actor: Actor, now: datetime) -> list[OutgoingMail]:
    """To whoever issued it; to all of the office when that was the system, or somebody who has left it."""
    issuer = notice.issued_by
    at_home = issuer is not None and issuer.is_active and access.is_office(issuer)
    office: list[Person] = [issuer] if issuer is not None and at_home else list(access.office())
    return [catalogue.notice_replied(p, notice, text, now=now) for p in office if p != actor.person]


def cancelled(notice: Notice, reason: str, *, actor: Actor, now: datetime) -> list[OutgoingMail]:
    return [catalogue.notice_cancelled(person, notice, reason, now=now) for person in _told(notice, actor, now)]


def _told(notice: Notice, actor: Actor, now: datetime) -> list[Person]:
    """Nobody is told of what they did themselves."""
    day = now.astimezone(notice.milestone.plan.zone).date()
    found = recipients(notice.milestone, notice.organisation, day)
    return [person for person in found if person != actor.person]
