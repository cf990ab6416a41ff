"""What becomes of a notice's letters, and of the reminders they carry, when it is signed for, answered or cancelled?

Called by the notice's verbs, in their transactions, last: mails and reminders stand lowest in the order of locks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from milestones.models import MailState, Notice, OutgoingMail, Reminder, ReminderState, Suppression

NOT_LEFT = (MailState.QUEUED, MailState.RETRY)


def acknowledge(notice: Notice, now: datetime) -> int:
    """Its organisation knows of it: the reminders that its letters brought are acknowledged. How many."""
    brought = Reminder.objects.filter(mail__notice=notice, state=ReminderState.SENT).order_by("pk")
    rows = list(brought.select_for_update(of=("self",)).values_list("pk", flat=True))
    return Reminder.objects.filter(pk__any_of=rows).update(state=ReminderState.ACKNOWLEDGED, updated_at=now)


def withhold(notice: Notice, now: datetime) -> set[Any]:
    """Letters of a cancelled notice that have certainly not left stay here; who would have got them."""
    waiting = OutgoingMail.objects.filter(notice=notice, state__in=NOT_LEFT, handed_over=False).order_by("pk")
    letters = dict(waiting.select_for_update(of=("self",)).values_list("pk", "recipient_id"))
    held = OutgoingMail.objects.filter(pk__any_of=list(letters))
    held.update(state=MailState.SUPPRESSED, server_reply=str(Suppression.CANCELLED))
    carried = Reminder.objects.filter(mail__id__any_of=list(letters), state=ReminderState.CLAIMED)
    rows = list(carried.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    Reminder.objects.filter(pk__any_of=rows).update(
        state=ReminderState.SUPPRESSED, reason=Suppression.CANCELLED, updated_at=now
    )
    return set(letters.values())
