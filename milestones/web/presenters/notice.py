"""What does a notice say on its page and on paper?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.models import Notice, NoticeState, Person
from milestones.notices import words
from milestones.web.moment import Moment


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
