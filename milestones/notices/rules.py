"""What must hold of a notice, until when is it answered, and was it answered late? Pure, but for the words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from milestones.errors import RuleBroken
from milestones.models import NoticeLevel
from milestones.workdays.calendar import Calendar

# Working days in which a notice is answered when whoever issues it says nothing else: the graver, the sooner.
RESPOND_DAYS: dict[str, int] = {
    NoticeLevel.BLUE: 5,  # it comes 7 working days before the deadline: the answer is there while 2 days are left
    NoticeLevel.YELLOW: 4,
    NoticeLevel.RED: 3,  # as long as a leader has to decide an extension
}
MOST_DAYS = 60  # a quarter; what may take longer is no matter for a notice
MATTER_LENGTH = 500  # with it, and an answer of ordinary length, the printed sheet is one page
REPLY_LENGTH = 2000


class Lateness(StrEnum):
    IN_TIME = "in_time"  # answered, or still time to answer
    OVERDUE = "overdue"  # not answered, and the day has gone by
    ANSWERED_LATE = "answered_late"


@dataclass(frozen=True)
class Late:
    """How late, in working days after the day by which an answer was asked for."""

    lateness: Lateness
    days: int = 0


def late(respond_by: date, *, is_open: bool, replied_on: date | None, today: date, calendar: Calendar) -> Late:
    """A cancelled notice is never late. The day itself is in time; a day off after it is late by no working day."""
    until = replied_on or (today if is_open else respond_by)
    if until <= respond_by:
        return Late(Lateness.IN_TIME)
    found = Lateness.ANSWERED_LATE if replied_on else Lateness.OVERDUE
    return Late(found, calendar.count(respond_by, until))


def respond_by(issued_on: date, level: str, days: int | None, calendar: Calendar) -> date:
    """The last day to answer, always a working day: `days` of them after the issue, else what the level allows."""
    days = RESPOND_DAYS[level] if days is None else days
    if not 1 <= days <= MOST_DAYS:
        message = _("Give between 1 and %(most)s working days for the answer.") % {"most": MOST_DAYS}
        raise RuleBroken(message, field="respond_days", code="respond_days")
    return calendar.add(issued_on, days)


def check_level(level: str) -> None:
    if level not in NoticeLevel.values:
        raise RuleBroken(_("A notice is blue, yellow or red."), field="level", code="level")


EMPTY = {
    "reply": _("Write the reply; it cannot be empty."),
    "matter": _("Write what it is about; this cannot be empty."),
}


def check_text(text: str, *, field: str, longest: int) -> str:
    """The text without blanks around it; refused when nothing is left or it is too long."""
    text = text.strip()
    if not text:
        raise RuleBroken(EMPTY[field], field=field, code="missing")
    if len(text) > longest:
        message = _("This has %(length)s characters; at most %(longest)s fit. Keep to the one matter.")
        raise RuleBroken(message % {"length": len(text), "longest": longest}, field=field, code="too_long")
    return text
