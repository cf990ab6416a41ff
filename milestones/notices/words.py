"""How are a notice's number, level, lateness and who acted for whom said?"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import access, wording
from milestones.models import Notice, NoticeLevel, Organisation, Person
from milestones.workdays.calendar import Calendar

from . import rules
from .rules import Lateness

LEVELS: dict[str, object] = {
    NoticeLevel.BLUE: gettext_lazy("blue notice"),
    NoticeLevel.YELLOW: gettext_lazy("yellow notice"),
    NoticeLevel.RED: gettext_lazy("red notice"),
}
MARKS: dict[str, str] = {NoticeLevel.BLUE: "●", NoticeLevel.YELLOW: "▲", NoticeLevel.RED: "■"}


def number(notice: Notice) -> str:
    """〔2023〕7号, or in English “No. 7 of 2023”."""
    return _("No. %(number)s of %(year)s") % {"number": notice.number, "year": notice.year}


def level(code: str) -> str:
    return str(LEVELS[code])


def lateness(notice: Notice, today: date, calendar: Calendar) -> str:
    """Empty when there is nothing to say."""
    zone = notice.milestone.plan.zone
    replied_on = notice.replied_at.astimezone(zone).date() if notice.replied_at else None
    late = rules.late(notice.respond_by, is_open=notice.is_open, replied_on=replied_on, today=today, calendar=calendar)
    if late.lateness is Lateness.OVERDUE:
        return _("not answered in time")
    if replied_on is None or late.lateness is Lateness.IN_TIME:
        return ""
    return _("answered late, on %(day)s") % {"day": wording.day(replied_on)}


def on_behalf(person: Person | None, organisation: Organisation) -> bool:
    """代填: the office did for the organisation what the organisation should have done."""
    return person is not None and person.organisation_id != organisation.pk and access.is_office(person)
