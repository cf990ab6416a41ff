"""How does the outbox empty: claim, re-check, commit, send, mark? Exactly when a double is possible is told in
docs/algorithms/delivery.md.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes.heartbeat import beat
from milestones.errors import StateConflict
from milestones.mail import message
from milestones.mail.transport import Fate, Outcome, Transport, Unavailable, opened
from milestones.models import MailState, OutgoingMail, Reminder, ReminderState

from . import claims
from .claims import LEASE

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]

BATCH = 25
# Room for one more mail in the lease: every answer of a slow server may take transport.TIMEOUT, and there are four.
RENEW_BELOW = timedelta(seconds=100)
WAIT_FOR_SERVER = timedelta(seconds=30)
SESSIONS_LOST = 3  # one after the other: no bad mail, a server in trouble
LONGEST_WAIT = timedelta(hours=2)
MAX_ATTEMPTS = 50  # with the longest wait: about four days, as RFC 5321 4.5.4.1 asks for


@dataclass(slots=True)
class Delivered:
    """What one run did. `unavailable` holds the server's words when it could not be reached."""

    sent: int = 0
    failed: int = 0
    retry: int = 0
    suppressed: int = 0
    unavailable: str = ""


def deliver(clock: Clock, *, as_of: datetime | None = None, limit: int | None = None, only: Any = None) -> Delivered:
    """Drain the outbox once: all that is due now (or as at `as_of`, which also is the day of the re-check).

    At most `limit` mails; `only` one of them. Safe to run any number of times side by side.
    """
    done = Delivered()
    claims.free_dead(clock())
    hostname = settings.BASE_URL.split("://", 1)[1].partition(":")[0]
    wire = opened(settings.MAIL_TRANSPORT, hostname=hostname)
    try:
        while limit is None or limit > 0:
            size = BATCH if limit is None else min(BATCH, limit)
            claimed = claims.claim(size, as_of or clock(), clock(), only=only)
            done.suppressed += claimed.suppressed
            if claimed.examined == 0 or not _send_all(claimed.mails, wire, clock, as_of, done):
                break
            limit = None if limit is None else limit - len(claimed.mails)
    finally:
        wire.close()
    beat("delivery", clock())
    return done


def resend(mail: OutgoingMail, *, actor: Actor, now: datetime) -> None:
    """Queue a failed mail again, with the same Message-ID, and the reminders it carries."""
    access.require(actor, "mail.resend", mail)
    with transaction.atomic():
        failed = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.FAILED)
        if not failed.update(state=MailState.QUEUED, due_at=now, attempts=0):
            raise StateConflict(_("Only a failed mail can be sent again."))
        carried = Reminder.objects.filter(mail=mail, state=ReminderState.FAILED)
        carried.update(state=ReminderState.CLAIMED, updated_at=now)


def _send_all(
    mails: Sequence[OutgoingMail], wire: Transport, clock: Clock, as_of: datetime | None, done: Delivered
) -> bool:
    """Send a claimed batch; False when there is no use in going on."""
    ends = clock() + LEASE
    lost = 0
    previous: tuple[OutgoingMail, Outcome] | None = None
    for index, mail in enumerate(mails):
        if ends - clock() < RENEW_BELOW:
            ends = clock() + LEASE
            if not claims.renew(mails[index:], ends):
                break
        _turn(previous, mail, clock, as_of, done)
        try:
            outcome = _send(mail, wire)
        except Unavailable as error:
            return _stop(mails[index:], str(error), as_of or clock(), done)
        previous = (mail, outcome)
        lost = lost + 1 if outcome.session_lost else 0
        if lost == SESSIONS_LOST:
            _turn(previous, None, clock, as_of, done)
            return _stop(mails[index + 1 :], outcome.reply, as_of or clock(), done)
    _turn(previous, None, clock, as_of, done)
    return True


def _stop(rest: Sequence[OutgoingMail], reply: str, moment: datetime, done: Delivered) -> bool:
    """Give the rest of the batch back for a while: the server, not these mails, is the trouble."""
    claims.give_back(rest, moment + _jitter(WAIT_FOR_SERVER), reply)
    log.warning("mail_server_unavailable", reply=reply)
    done.unavailable = reply
    return False


def _turn(
    previous: tuple[OutgoingMail, Outcome] | None,
    coming: OutgoingMail | None,
    clock: Clock,
    as_of: datetime | None,
    done: Delivered,
) -> None:
    """One commit between two mails: the last one's outcome, and that the next one is now handed over."""
    with transaction.atomic():
        if previous is not None:
            _mark(*previous, clock(), as_of, done)
        if coming is not None and not coming.handed_over:
            OutgoingMail.objects.filter(pk=coming.pk).update(handed_over=True)


def _send(mail: OutgoingMail, wire: Transport) -> Outcome:
    try:
        content = message.build(mail)
    except (UnicodeError, ValueError) as error:  # this row alone is at fault: it steps aside with its reason
        return Outcome(Fate.REFUSED, f"not sent: {error}")
    return wire.send(f"{mail.pk}-{mail.attempts}", message.envelope_sender(), mail.to, content)


def _mark(mail: OutgoingMail, outcome: Outcome, now: datetime, as_of: datetime | None, done: Delivered) -> None:
    values: dict[str, Any] = {"server_reply": outcome.reply, "lease_holder": ""}
    if outcome.fate is Fate.ACCEPTED:
        values |= {"state": MailState.SENT, "sent_at": as_of or now}
        done.sent += 1
    elif outcome.fate is Fate.REFUSED or mail.attempts >= MAX_ATTEMPTS:
        values |= {"state": MailState.FAILED, "handed_over": False}
        done.failed += 1
        log.warning("mail_refused", mail=str(mail.pk), reply=outcome.reply)
    else:
        unsure = outcome.fate is Fate.UNKNOWN or mail.handed_over
        again = (as_of or now) + backoff(mail.attempts)
        values |= {"state": MailState.RETRY, "due_at": again, "handed_over": unsure}
        done.retry += 1
    if claims.mine(mail).update(**values):
        _mark_reminders(mail, values["state"], now)


def _mark_reminders(mail: OutgoingMail, state: str, now: datetime) -> None:
    if mail.day is None or state == MailState.RETRY:
        return
    outcome = ReminderState.SENT if state == MailState.SENT else ReminderState.FAILED
    carried = Reminder.objects.filter(mail_id=mail.pk, state=ReminderState.CLAIMED)
    carried.update(state=outcome, updated_at=now)


def backoff(attempts: int) -> timedelta:
    """How long to wait after that many attempts: 1, 2, 4, … minutes, at most two hours, with jitter."""
    return _jitter(min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_WAIT))


def _jitter(wait: timedelta) -> timedelta:
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, protects nothing


def waiting(now: datetime) -> Any:
    """Mails that could leave now, for who watches the outbox."""
    return OutgoingMail.objects.waiting().filter(due_at__lte=now).order_by(F("due_at"))
