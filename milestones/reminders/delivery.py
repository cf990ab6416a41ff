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
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes.heartbeat import beat
from milestones.errors import StateConflict
from milestones.mail import gate
from milestones.mail.transport import Fate, Outcome, Unavailable
from milestones.models import MailKind, MailState, OutgoingMail, Reminder, ReminderState
from milestones.people import bouncing

from . import claims, collector, holder, marks, ways
from .claims import LEASE
from .ways import MAIL

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]

BATCH = 50
# Room for one more mail in the lease: every answer of a slow server may take transport.TIMEOUT; a new connection has up
# to seven of them (connect, greeting, EHLO, STARTTLS, EHLO, AUTH twice), the mail itself four.
RENEW_BELOW = timedelta(seconds=230)
# Well under Celery's time limit, so that no run is cut off between a server's answer and its mark.
LONGEST_RUN = timedelta(seconds=180)
WAIT_FOR_SERVER = timedelta(seconds=30)
LOOK_EVERY = timedelta(seconds=1)
SESSIONS_LOST = 3  # one after the other: no bad mail, a server in trouble
LONGEST_WAIT = timedelta(hours=2)
NOT_ARRIVED = (MailState.FAILED, MailState.BOUNCED)
BOUNCING = _(
    "This person's address returns mail. Correct it, or clear the mark on the person's page, and send again then."
)
MAX_ATTEMPTS = 50  # with the longest wait: about four days, as RFC 5321 4.5.4.1 asks for


@dataclass(slots=True)
class Delivered:
    """What one run did. `unavailable` holds the server's words when it could not be reached, `held` is “paused” or
    “capped” when the gate kept something back."""

    sent: int = 0
    failed: int = 0
    retry: int = 0
    suppressed: int = 0
    unavailable: str = ""
    held: str = ""


@collector.waiting()
def deliver(
    clock: Clock, *, channel: str = MAIL, as_of: datetime | None = None, limit: int | None = None, only: Any = None
) -> Delivered:
    """Drain a channel of the outbox once: all that is due now (or as at `as_of`, also the day of the re-check).

    At most `limit` mails and for LONGEST_RUN; `only` one of them. Safe to run any number of times side by side.
    """
    run = _Run(clock, channel, as_of)
    claims.take_back(clock())
    try:
        while (limit is None or limit > 0) and not run.is_over():
            size = BATCH if limit is None else min(BATCH, limit)
            claimed = claims.claim(size, run.moment(), clock(), by=run.holder, channel=channel, only=only)
            run.done.suppressed += claimed.suppressed
            run.done.held = claimed.held
            if claimed.examined == 0 or not run.send_all(claimed.mails, claimed.ends):
                break
            limit = None if limit is None else limit - len(claimed.mails)
    finally:
        run.way.transport.close()
    beat("delivery" if channel == MAIL else f"delivery:{channel}", clock())
    return run.done


def resend(mail: OutgoingMail, *, actor: Actor, now: datetime) -> None:
    """Queue a mail that failed or came back again, with the same Message-ID, to its recipient's present address."""
    access.require(actor, "mail.resend", mail)
    person = mail.recipient
    if person is not None and person.bouncing_since is not None and mail.kind not in claims.ASKED_FOR:
        raise StateConflict(BOUNCING, code="bouncing")
    with transaction.atomic():
        failed = OutgoingMail.objects.filter(pk=mail.pk, state__in=NOT_ARRIVED, body_dropped_at__isnull=True)
        to = person.email if person is not None else mail.to
        if not failed.update(state=MailState.QUEUED, due_at=now, attempts=0, to=to):
            raise _not_again(mail)
        carried = Reminder.objects.filter(mail=mail, state=ReminderState.FAILED)
        carried.update(state=ReminderState.CLAIMED, updated_at=now)


def _not_again(mail: OutgoingMail) -> StateConflict:
    if OutgoingMail.objects.filter(pk=mail.pk, body_dropped_at__isnull=False).exists():
        return StateConflict(_("The text of this mail was deleted; it cannot be sent again."), code="body_dropped")
    return StateConflict(_("Only a failed mail can be sent again."))


class _Run:
    """One worker's way through the outbox: its name, its connection and its count."""

    def __init__(self, clock: Clock, channel: str, as_of: datetime | None) -> None:
        self.clock = clock
        self.as_of = as_of
        self.holder = holder.new()
        self.way = ways.way(channel)
        self.done = Delivered()
        self.ends = clock() + LONGEST_RUN
        self.looked = clock()

    def moment(self) -> datetime:
        """The time by which mails are due: now, or the day that is asked for."""
        return self.as_of or self.clock()

    def is_over(self) -> bool:
        return self.clock() > self.ends

    def is_paused(self) -> bool:
        """Asked between two mails too, not more than once a second."""
        if self.clock() - self.looked < LOOK_EVERY:
            return False
        self.looked = self.clock()
        if paused := gate.rules().is_paused:
            self.done.held = claims.PAUSED
        return paused

    def is_interrupted(self, rest: Sequence[OutgoingMail], until: datetime | None) -> bool:
        """Put the rest of a batch back when the run's time is over, mail is paused, or the minute of its share ends."""
        if not (self.is_over() or self.is_paused() or (until is not None and self.clock() >= until)):
            return False
        claims.put_back(rest, by=self.holder)
        return True

    def send_all(self, mails: Sequence[OutgoingMail], until: datetime | None = None) -> bool:
        """Send a claimed batch, in its order; False when there is no use in going on. `until`: when the minute ends
        for which these were counted."""
        ends, lost = self.clock() + LEASE, 0
        for index, mail in enumerate(mails):
            if self.is_interrupted(mails[index:], until):
                return True
            if ends - self.clock() < RENEW_BELOW:
                ends = self.clock() + LEASE
                if not claims.renew(mails[index:], ends, by=self.holder):
                    return False
            try:
                outcome = self.send(mail)
            except Unavailable as error:
                return self.stop(mails[index:], str(error))
            if not self.mark(mail, outcome):
                return False
            lost = lost + 1 if outcome.session_lost else 0
            if lost == SESSIONS_LOST:
                return self.stop(mails[index + 1 :], outcome.reply)
        return True

    def send(self, mail: OutgoingMail) -> Outcome:
        try:
            parcel = self.way.packed(mail)
        except (UnicodeError, ValueError) as error:  # this row alone is at fault: it steps aside with its reason
            return Outcome(Fate.REFUSED, f"not sent: {error}")
        try:
            return self.way.transport.send(f"{mail.pk}-{mail.attempts}", parcel.sender, parcel.to, parcel.content)
        except Unavailable:
            raise
        except Exception as error:  # whatever one receiver provokes must not hold up the mails behind it
            log.exception("transport_failed", mail=str(mail.pk))
            return Outcome(Fate.UNKNOWN, f"{type(error).__name__}: {error}"[:300], session_lost=True)

    def mark(self, mail: OutgoingMail, outcome: Outcome) -> bool:
        """Write the outcome down; False when the lease was lost meanwhile (the run stood still for too long)."""
        now = self.clock()
        if outcome.fate is Fate.ACCEPTED:
            self.done.sent += 1
            self.hear_of_success(mail, now)
            return marks.accepted(mail, outcome.reply, self.as_of or now, now, by=self.holder)
        unsure = outcome.fate is not Fate.REFUSED and (outcome.fate is Fate.UNKNOWN or mail.handed_over)
        if outcome.fate is Fate.REFUSED or mail.attempts >= MAX_ATTEMPTS:
            log.warning("mail_refused", mail=str(mail.pk), reply=outcome.reply)
            self.done.failed += 1
            dead = outcome.address_is_dead
            return marks.refused(mail, outcome.reply, now, unsure=unsure, by=self.holder, is_dead=dead)
        self.done.retry += 1
        again = self.moment() + max(backoff(mail.attempts), min(outcome.wait, LONGEST_WAIT))
        return marks.deferred(mail, outcome.reply, again, unsure=unsure, by=self.holder)

    def hear_of_success(self, mail: OutgoingMail, now: datetime) -> None:
        """A test mail that is accepted says that the address is good again."""
        person = mail.recipient
        if mail.kind == MailKind.TEST and person is not None and person.bouncing_since is not None:
            bouncing.works_again(person, address=mail.to, now=now)

    def stop(self, rest: Sequence[OutgoingMail], reply: str) -> bool:
        """Give the rest of the batch back for a while: the server, not these mails, is the trouble."""
        claims.give_back(rest, self.moment() + _jitter(WAIT_FOR_SERVER), reply, by=self.holder)
        log.warning("mail_server_unavailable", reply=reply)
        self.done.unavailable = reply
        return False


def backoff(attempts: int) -> timedelta:
    """How long to wait after that many attempts: 1, 2, 4, … minutes, at most two hours, with jitter."""
    return _jitter(min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_WAIT))


def _jitter(wait: timedelta) -> timedelta:
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, protects nothing
