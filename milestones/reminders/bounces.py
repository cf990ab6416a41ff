"""What does a report of a mail that came back change? Of a mail of ours, to that address, and once.

Whoever writes a report can write anything: it counts only for a mail that left this outbox within two weeks, and only
for the address that this mail went to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from milestones.mail import returned, verdicts
from milestones.mail.returned import Recipient, Report, Unreadable
from milestones.models import MailState, OutgoingMail, Reminder, ReminderState
from milestones.people import bouncing

from .ways import MAIL

COMES_BACK_WITHIN = timedelta(days=14)
CLOCKS_DIFFER = timedelta(minutes=10)


class Became(StrEnum):
    RETURNED = "returned"
    KNOWN = "known"  # said before
    WAITING = "waiting"  # delayed, relayed or delivered: nothing is decided
    FOREIGN = "foreign"  # of no mail of ours, or of another address, or too old
    NO_REPORT = "no report"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Told:
    """`marked`: the address is known to return mail from now on."""

    became: Became
    to: str = ""
    words: str = ""
    marked: bool = False


def take(content: bytes, *, now: datetime) -> list[Told]:
    """Read one message and store what it says; one answer a recipient. The same message again changes nothing."""
    try:
        report = returned.read(content)
    except Unreadable as error:
        return [Told(Became.BROKEN, words=str(error))]
    if report is None:
        return [Told(Became.NO_REPORT)]
    return list(_each(report, now))


def _each(report: Report, now: datetime) -> Iterator[Told]:
    recent = OutgoingMail.objects.filter(pk__in=report.mails, channel=MAIL, sent_at__gt=now - COMES_BACK_WITHIN)
    mails = list(recent.filter(state__in=[MailState.SENT, MailState.BOUNCED]).select_related("recipient"))
    for one in report.recipients:
        mail = next((mail for mail in mails if mail.to.lower() in one.addresses), None)
        if one.action != "failed":
            yield Told(Became.WAITING, one.addresses[0], one.words)
        elif mail is None or _is_older(report, mail):
            yield Told(Became.FOREIGN, one.addresses[0], one.words)
        else:
            yield _return(mail, one, now)


def _is_older(report: Report, mail: OutgoingMail) -> bool:
    """About an earlier sending of a mail that was sent again since."""
    assert mail.sent_at is not None  # it was looked for by that
    return report.written_at is not None and report.written_at < mail.sent_at - CLOCKS_DIFFER


def _return(mail: OutgoingMail, one: Recipient, now: datetime) -> Told:
    marked = False
    with transaction.atomic():
        if mail.state == MailState.SENT and mail.recipient is not None and verdicts.is_dead(one.words, one.status):
            marked = bouncing.mark_bouncing(mail.recipient, one.words, address=mail.to, now=now, sent_at=mail.sent_at)
        sent = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.SENT)
        if not sent.update(state=MailState.BOUNCED, server_reply=one.words):
            return Told(Became.KNOWN, mail.to, one.words, marked)
        carried = Reminder.objects.filter(mail=mail, state=ReminderState.SENT)
        carried.update(state=ReminderState.FAILED, updated_at=now)
    return Told(Became.RETURNED, mail.to, one.words, marked)
