"""What was sent about a milestone, what is planned, and what was held back and why?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from milestones import access
from milestones.models import Milestone, Person, Reminder, ReminderState, Suppression
from milestones.web.presenters import words

SHOWN = 30


@dataclass(frozen=True)
class ReminderLine:
    """`css` places the dot: past, now or coming."""

    day: date
    step: str
    recipient: str
    state: str
    why: str
    css: str


def reminder_lines(milestone: Milestone, today: date, viewer: Person) -> list[ReminderLine]:
    found = (
        access.visible(Reminder.objects.filter(milestone=milestone), viewer)
        .select_related("recipient", "step_version")
        .order_by("-day", "-id")[:SHOWN]
    )
    return [_reminder(row, today) for row in found]


def _reminder(row: Reminder, today: date) -> ReminderLine:
    waits = row.state in (ReminderState.PLANNED, ReminderState.CLAIMED)
    return ReminderLine(
        day=row.day,
        step=words.step(row.step_version, row.occurrence),
        recipient=str(row.recipient),
        state=row.get_state_display(),
        why=_why(row.reason),
        css="coming" if waits else "now" if row.day == today else "past",
    )


def _why(reason: str) -> str:
    return str(Suppression(reason).label) if reason in Suppression.values else reason
