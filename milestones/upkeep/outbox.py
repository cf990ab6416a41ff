"""How long have mails been waiting, and does the mail server take any?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count, Min, Q

from milestones.models import MailState, OutgoingMail


@dataclass(frozen=True)
class Outbox:
    """`oldest_due` is the due moment of the mail that should have been taken first (None: none is due).

    `nothing_taken_since` is when the oldest mail that is being tried again should first have left, if the server has
    taken no mail at all since then; None while others go through: one full mailbox is not the server's fault.
    """

    due: int
    oldest_due: datetime | None
    trying_again: int
    nothing_taken_since: datetime | None


def look(now: datetime) -> Outbox:
    due = Q(due_at__lt=now)
    found = OutgoingMail.objects.waiting().aggregate(
        due=Count("id", filter=due),
        oldest=Min("due_at", filter=due),
        again=Count("id", filter=Q(state=MailState.RETRY)),
    )
    return Outbox(found["due"], found["oldest"], found["again"], nothing_taken_since())


def nothing_taken_since() -> datetime | None:
    again = OutgoingMail.objects.filter(state=MailState.RETRY).select_related("recipient")
    since = min((first_due(mail) for mail in again.defer("text", "html").iterator()), default=None)
    if since is None or OutgoingMail.objects.filter(sent_at__gt=since).exists():
        return None
    return since


def first_due(mail: OutgoingMail) -> datetime:
    """Before any back-off: a digest at its person's hour, any other mail when it was made."""
    if mail.day is None or mail.recipient is None:
        return mail.created_at
    hour = datetime.combine(mail.day, time(mail.recipient.send_hour), tzinfo=mail.recipient.zone)
    return max(hour, mail.created_at)
