"""How is the outcome of a mail written down, for it and for the reminders it carries, in one commit?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from milestones.models import MailState, OutgoingMail, Reminder, ReminderState
from milestones.people import bouncing

from . import claims

# One round trip a mail instead of four: the largest share of what a mail costs beside the server's own answers.
ACCEPTED = """
WITH mail AS (
    UPDATE milestones_outgoingmail SET state = 'sent', sent_at = %s, server_reply = %s, lease_holder = ''
    WHERE id = %s AND state = 'sending' AND lease_holder = %s RETURNING id
), carried AS (
    UPDATE milestones_reminder SET state = 'sent', updated_at = %s
    WHERE mail_id = (SELECT id FROM mail) AND state = 'claimed'
) SELECT COUNT(*) FROM mail
"""


def accepted(mail: OutgoingMail, reply: str, sent_at: datetime, now: datetime, *, by: str) -> bool:
    """Mark the mail and its reminders as sent; False when `by` no longer holds the lease."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(ACCEPTED, [sent_at, reply, mail.pk, by, now])
            return bool(cursor.fetchone()[0])
    values = {"state": MailState.SENT, "sent_at": sent_at, "server_reply": reply}
    return _mark(mail, values, ReminderState.SENT, now, by)


def refused(mail: OutgoingMail, reply: str, now: datetime, *, unsure: bool, by: str, is_dead: bool = False) -> bool:
    """Mark the mail and its reminders as failed, with the server's words; `unsure` when one may have accepted it.
    `is_dead`: these words are about the address, and whose it is gets nothing more until somebody clears it."""
    values = {"state": MailState.FAILED, "handed_over": unsure, "server_reply": reply}
    with transaction.atomic():
        if is_dead and mail.recipient is not None:
            bouncing.mark_bouncing(mail.recipient, reply, address=mail.to, now=now)
        return _mark(mail, values, ReminderState.FAILED, now, by)


def deferred(mail: OutgoingMail, reply: str, due_at: datetime, *, unsure: bool, by: str) -> bool:
    """To be tried again; `unsure` when the server may have accepted it."""
    values = {"state": MailState.RETRY, "due_at": due_at, "handed_over": unsure, "server_reply": reply}
    return bool(claims.mine(mail, by).update(lease_holder="", **values))


def _mark(mail: OutgoingMail, values: dict[str, Any], state: ReminderState, now: datetime, by: str) -> bool:
    with transaction.atomic():
        held = claims.mine(mail, by).update(lease_holder="", **values)
        if held and mail.kind in claims.CARRYING:
            carried = Reminder.objects.filter(mail_id=mail.pk, state=ReminderState.CLAIMED)
            carried.update(state=state, updated_at=now)
    return bool(held)
