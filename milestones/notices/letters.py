"""Which letters does a notice send? Rendered before the transaction in which its number is taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from milestones import access
from milestones.actors import Actor
from milestones.mail import catalogue
from milestones.models import Notice, OutgoingMail, Person, Via
from milestones.planning.calendars import calendar

from .recipients import recipients, with_absent

NUMBER = "\ue000"  # stands for a number not yet taken: a character for private use, which no text holds
SUBJECT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class To:
    """Somebody who is told of a notice: at once, or at `due_at` of their `day`; in the stead of whoever is away."""

    person: Person
    day: date | None = None
    due_at: datetime | None = None
    stands_in_for: str = ""


def told(notice: Notice, actor: Actor) -> list[To]:
    """Whoever answers for the matter in its organisation; nobody is told of what they did themselves."""
    found = with_absent(notice.milestone, notice.organisation, notice.issued_on)
    return [
        To(person, stands_in_for=absent[0].display_name if absent else "")
        for person, absent in found
        if person != actor.person
    ]


def issued(notice: Notice, to: Iterable[To], *, now: datetime) -> list[OutgoingMail]:
    """A letter to each; NUMBER stands where the number will."""
    days, due_on = calendar(), notice.milestone.due_on
    context: dict[str, Any] = {
        "number": NUMBER,
        "respond_days": days.count(notice.issued_on, notice.respond_by),
        "overdue_days": max(0, days.count(due_on, notice.issued_on)),
    }
    return [_issued(notice, one, context, now) for one in to]


def numbered(mails: Iterable[OutgoingMail], notice: Notice) -> list[OutgoingMail]:
    """The same letters with the number that the notice has got."""
    found = list(mails)
    for mail in found:
        for part in ("subject", "text", "html"):
            setattr(mail, part, getattr(mail, part).replace(NUMBER, str(notice.number)))
        mail.subject = mail.subject[:SUBJECT_LENGTH]
        mail.context = {**mail.context, "number": notice.number}
    return found


def replied(notice: Notice, text: str, *, actor: Actor, now: datetime) -> list[OutgoingMail]:
    """To whoever issued it; to all of the office when that was the system, or somebody who has left it."""
    issuer = notice.issued_by
    at_home = issuer is not None and issuer.is_active and access.is_office(issuer)
    office: list[Person] = [issuer] if issuer is not None and at_home else list(access.office())
    return [catalogue.notice_replied(p, notice, text, now=now) for p in office if p != actor.person]


def cancelled(notice: Notice, reason: str, *, actor: Actor, now: datetime) -> list[OutgoingMail]:
    """To whoever got a letter, and whoever answers for the matter there now."""
    day = now.astimezone(notice.milestone.plan.zone).date()
    had_it = Person.objects.active().filter(mails__notice=notice, mails__kind="notice").order_by("id")
    people = dict.fromkeys([*recipients(notice.milestone, notice.organisation, day), *had_it])
    return [catalogue.notice_cancelled(p, notice, reason, now=now) for p in people if p != actor.person]


def _issued(notice: Notice, one: To, context: dict[str, Any], now: datetime) -> OutgoingMail:
    mail = catalogue.notice(
        one.person, notice, **context, stands_in_for=one.stands_in_for, speaks=_speaks(notice, one.person), now=now
    )
    mail.day, mail.due_at = one.day, one.due_at or now
    return mail


def _speaks(notice: Notice, person: Person) -> bool:
    """Whether it is this person's to sign and answer, and not only to know."""
    if person.organisation_id == notice.organisation_id:
        return True
    then = Actor(person, Via.SYSTEM, day=notice.issued_on)
    return not access.is_office(person) and access.may(then, "notice.sign", notice)
