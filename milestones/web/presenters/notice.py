"""What does a notice say on its page and on paper?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones import access
from milestones.actors import Actor
from milestones.models import ChangeEntry, Notice, NoticeState, OutgoingMail, Person
from milestones.notices import words
from milestones.web.moment import Moment
from milestones.web.presenters import changes

SHOWN = 30


@dataclass(frozen=True)
class Act:
    """Who did what when; `on_behalf` when the office did it for the organisation."""

    who: str
    on: date
    on_behalf: bool


@dataclass(frozen=True)
class Sheet:
    """A notice, ready to be read. `overdue` and `late` are words, empty when there is nothing to say."""

    notice: Notice
    number: str
    level: str
    issuer: str
    responsible: str
    respond_days: str
    overdue: str
    late: str
    signed: Act | None
    replied: Act | None
    is_cancelled: bool


def sheet(notice: Notice, at: Moment) -> Sheet:
    milestone = notice.milestone
    return Sheet(
        notice=notice,
        number=words.number(notice),
        level=words.level(notice.level),
        issuer=_issuer(notice.issued_by),
        responsible=milestone.accountable.display_name if milestone.accountable else _("unassigned"),
        respond_days=_days(at.calendar.count(notice.issued_on, notice.respond_by)),
        overdue=_overdue(at.calendar.count(milestone.due_on, notice.issued_on)),
        late=words.lateness(notice, at.today(milestone.plan.zone), at.calendar),
        signed=_act(notice, notice.signed_by, notice.signed_at),
        replied=_act(notice, notice.replied_by, notice.replied_at),
        is_cancelled=notice.state == NoticeState.CANCELLED,
    )


@dataclass(frozen=True)
class Sent:
    """A mail about the notice; `state` with the hour it left, or the server's words."""

    to: str
    what: str
    state: str
    left: datetime | None
    words: str


@dataclass(frozen=True)
class Journey:
    """What was done to the notice, newest first, and who was told by mail; mails are the office's to read."""

    history: list[changes.Line]
    mails: list[Sent]


def journey(notice: Notice, actor: Actor) -> Journey:
    entries = list(ChangeEntry.objects.of(notice).order_by("-id")[:SHOWN])
    person = actor.person
    rows = notice.mails.select_related("recipient").defer("text", "html").order_by("created_at", "id")
    mails = rows[:SHOWN] if person is not None and access.is_office(person) else []
    return Journey(changes.lines(entries, year=notice.milestone.plan.year), [_sent(mail) for mail in mails])


def _sent(mail: OutgoingMail) -> Sent:
    to = mail.recipient.display_name if mail.recipient else mail.to
    return Sent(to, mail.get_kind_display(), mail.get_state_display(), mail.sent_at, mail.server_reply)


def _issuer(person: Person | None) -> str:
    """The unit of whoever issued it; the system issues in the office's name."""
    return str(person.organisation) if person is not None and person.organisation else _("supervision office")


def _act(notice: Notice, person: Person | None, at: object) -> Act | None:
    if at is None:
        return None
    day: date = at.astimezone(notice.milestone.plan.zone).date()  # type: ignore[attr-defined]  # a column of instants
    return Act(person.display_name if person else "", day, words.on_behalf(person, notice.organisation))


def _days(count: int) -> str:
    return ngettext("within %(n)s working day", "within %(n)s working days", count) % {"n": count}


def _overdue(count: int) -> str:
    if count <= 0:
        return ""
    return ngettext("overdue by %(n)s working day", "overdue by %(n)s working days", count) % {"n": count}
