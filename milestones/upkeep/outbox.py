"""How long have mails been waiting, may they leave, and does the mail server take any?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Max, Min, Q

from milestones.models import Channel, MailGate, MailState, OutgoingMail
from milestones.models.mail import OutgoingMailQuerySet


@dataclass(frozen=True)
class Outbox:
    """`oldest_due` is the due moment of the mail that should have been taken first (None: none is due).

    `nothing_taken_since` is when the oldest mail that is being tried again should first have left, if the server has
    taken no mail at all since then; None while others go through: one full mailbox is not the server's fault.
    `gate` is None where nobody ever paused or capped mail.
    """

    due: int
    oldest_due: datetime | None
    trying_again: int
    nothing_taken_since: datetime | None
    last_taken: datetime | None
    gate: MailGate | None

    @property
    def paused_at(self) -> datetime | None:
        return self.gate.paused_at if self.gate else None

    @property
    def waiting_since(self) -> datetime | None:
        return self._counted(self.oldest_due)

    @property
    def refused_since(self) -> datetime | None:
        return self._counted(self.nothing_taken_since)

    def moves(self, now: datetime, within: timedelta) -> bool:
        """Whether a cap makes mails wait, and some leave all the same."""
        capped = self.gate is not None and (self.gate.per_minute or self.gate.per_domain) is not None
        return capped and self.last_taken is not None and now - self.last_taken <= within

    def _counted(self, since: datetime | None) -> datetime | None:
        """What waits behind a closed gate waits for nothing else; from its opening on it does."""
        if since is None or self.gate is None:
            return since
        return None if self.gate.paused_at else max(since, self.gate.updated_at)


def look(now: datetime) -> Outbox:
    due = Q(due_at__lt=now)
    found = (
        mails()
        .waiting()
        .aggregate(
            due=Count("id", filter=due),
            oldest=Min("due_at", filter=due),
            again=Count("id", filter=Q(state=MailState.RETRY)),
        )
    )
    gate = MailGate.objects.first()
    last = mails().aggregate(at=Max("sent_at"))["at"] if gate else None
    return Outbox(found["due"], found["oldest"], found["again"], nothing_taken_since(), last, gate)


def mails() -> OutgoingMailQuerySet:
    """Those that go to a mail server."""
    return OutgoingMail.objects.filter(channel=Channel.MAIL)


def nothing_taken_since() -> datetime | None:
    again = mails().filter(state=MailState.RETRY).select_related("recipient")
    since = min((first_due(mail) for mail in again.defer("text", "html").iterator()), default=None)
    if since is None or mails().filter(sent_at__gt=since).exists():
        return None
    return since


def first_due(mail: OutgoingMail) -> datetime:
    """Before any back-off: a digest at its person's hour, any other mail when it was made."""
    if mail.day is None or mail.recipient is None:
        return mail.created_at
    hour = datetime.combine(mail.day, time(mail.recipient.send_hour), tzinfo=mail.recipient.zone)
    return max(hour, mail.created_at)
