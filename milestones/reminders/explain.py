"""Why did somebody get a mail about a milestone, or not?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from milestones.models import Milestone, Person, Reminder, Suppression


def rows(milestone: Milestone, person: Person) -> Any:
    """Every row of the ledger for these two, oldest first, with its mail."""
    found = Reminder.objects.filter(milestone=milestone, recipient=person)
    return found.select_related("step", "step_version", "mail").order_by("day", "planned_at", "id")


def lines(milestone: Milestone, person: Person) -> Iterator[str]:
    """One sentence a row: day, step, what became of it, why, and the server's words."""
    none = True
    for reminder in rows(milestone, person):
        none = False
        yield "  ".join(part for part in _parts(reminder) if part)
    if none:
        yield _("No step has fallen due for this person yet.")


def _parts(reminder: Reminder) -> Iterator[str]:
    number = f" #{reminder.occurrence}" if reminder.occurrence else ""
    yield f"{reminder.day}  {reminder.step.code}{number}"
    yield _("deadline version %(n)d") % {"n": reminder.due_version}
    yield reminder.get_state_display() + (f": {_reason(reminder)}" if reminder.reason else "")
    if reminder.mail is not None:
        mail = reminder.mail
        sent = f"{mail.sent_at:%Y-%m-%d %H:%M:%S%z}" if mail.sent_at else mail.get_state_display()
        yield pgettext("an e-mail", "mail %(id)s %(sent)s %(reply)s") % {
            "id": mail.pk,
            "sent": sent,
            "reply": mail.server_reply,
        }


def _reason(reminder: Reminder) -> str:
    return f"{reminder.reason} ({Suppression(reminder.reason).label})"
