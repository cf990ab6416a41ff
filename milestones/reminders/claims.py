"""How does one worker take mails so that no other sends them, and what falls out before they leave?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max

from milestones.mail import gate
from milestones.models import MailKind, MailState, OutgoingMail, Person, Reminder, ReminderState, Suppression
from milestones.models.mail import OutgoingMailQuerySet
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar

from . import asks, caps, holder, recheck, rewriting
from .caps import Shares
from .posts import MORNING
from .ways import MAIL

LEASE = timedelta(seconds=300)
PAUSED, CAPPED = "paused", "capped"
READY = (MailState.QUEUED, MailState.RETRY)
# Mails that consist of reminders; a notice only when a step issued it, and then it has rows.
CARRYING = (MailKind.DIGEST, MailKind.DUE_TODAY, MailKind.SINGLE, MailKind.POST, MailKind.NOTICE)
# What its reader just asked for, or the office to see whether it arrives: tried also where mail came back before.
ASKED_FOR = (MailKind.INVITATION, MailKind.PASSWORD_RESET, MailKind.SECURITY, MailKind.TEST)


@dataclass(slots=True)
class Claimed:
    """`held` says why the gate let none or not all through; at `ends` it counts anew, and what is not sent by then goes
    back."""

    mails: list[OutgoingMail] = field(default_factory=list)
    suppressed: int = 0
    examined: int = 0
    held: str = ""
    ends: datetime | None = None


def claim(size: int, moment: datetime, now: datetime, *, by: str, channel: str = MAIL, only: Any = None) -> Claimed:
    """Lock up to `size` mails of a channel due at `moment`, re-check what they carry, lease the rest for LEASE.

    In one transaction; what it read is as of its commit. Mails of reminders wait while their reader's day is off.
    The claimed are in id order, and must be handed over in that order (see `take_back`).
    """
    claimed = Claimed()
    with transaction.atomic():
        rules = gate.rules()
        if rules.is_paused:
            return Claimed(held=PAUSED)
        shares = caps.shares(rules, now) if rules.has_caps and channel == MAIL else None
        mails = _taken(_due(moment, channel, only), size, shares, claimed)
        claimed.examined = len(mails)
        if not mails:
            return claimed
        _readdress(mails)
        awake = _without_resting(mails, moment, calendar())
        claimed.mails = sorted(_still_wanted(awake, moment, claimed), key=lambda mail: mail.pk)
        leased = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in claimed.mails])
        leased.update(state=MailState.SENDING, due_at=now + LEASE, lease_holder=by, attempts=F("attempts") + 1)
        if shares is not None:
            shares.store(claimed.mails)
        for mail in claimed.mails:
            mail.attempts += 1
    return claimed


def renew(mails: Sequence[OutgoingMail], until: datetime, *, by: str) -> bool:
    """Prolong the lease of the mails still to go; False when another worker has taken one of them."""
    held = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails], state=MailState.SENDING, lease_holder=by)
    return held.update(due_at=until) == len(mails)


def give_back(mails: Sequence[OutgoingMail], due_at: datetime, reply: str, *, by: str) -> None:
    """The server could not be reached: nothing of these was handed over now, and the attempt does not count."""
    held = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails], state=MailState.SENDING, lease_holder=by)
    held.update(state=MailState.RETRY, due_at=due_at, lease_holder="", server_reply=reply, attempts=F("attempts") - 1)


def put_back(mails: Sequence[OutgoingMail], *, by: str) -> None:
    """These were not tried: each stands again where it stood, with its state, its turn and the server's last words."""
    places: dict[tuple[str, datetime], list[Any]] = defaultdict(list)
    for mail in mails:
        places[mail.state, mail.due_at].append(mail.pk)
    held = OutgoingMail.objects.filter(state=MailState.SENDING, lease_holder=by)
    for (state, due_at), pks in places.items():
        held.filter(pk__in=pks).update(state=state, due_at=due_at, lease_holder="", attempts=F("attempts") - 1)


def mine(mail: OutgoingMail, by: str) -> OutgoingMailQuerySet:
    """The row, as long as `by` holds its lease."""
    return OutgoingMail.objects.filter(pk=mail.pk, state=MailState.SENDING, lease_holder=by)


def take_back(now: datetime) -> None:
    """End the leases that ran out, and those of this host's processes that are gone.

    A holder hands its mails over in id order and marks each before the next: of what a lease still holds, only the
    first may have been accepted; the others never left.
    """
    leased = OutgoingMail.objects.filter(state=MailState.SENDING)
    ends = leased.order_by().values_list("lease_holder").annotate(until=Max("due_at"))
    for name in [name for name, until in ends if until <= now or holder.is_dead(name)]:
        with transaction.atomic():
            held = leased.filter(lease_holder=name).select_for_update(skip_locked=True)
            pks = list(held.order_by("id").values_list("pk", flat=True))
            OutgoingMail.objects.filter(pk__in=pks[:1]).update(handed_over=True)
            OutgoingMail.objects.filter(pk__in=pks).update(state=MailState.RETRY, due_at=now, lease_holder="")


def _due(moment: datetime, channel: str, only: Any) -> OutgoingMailQuerySet:
    due = OutgoingMail.objects.filter(channel=channel, state__in=READY, due_at__lte=moment)
    return (due if only is None else due.filter(pk=only)).order_by("due_at", "id")


def _taken(due: OutgoingMailQuerySet, size: int, shares: Shares | None, claimed: Claimed) -> list[OutgoingMail]:
    """Locked: the first of those due, or of those that the minute's shares let through."""
    if shares is None:
        return list(caps.locked(due)[:size])
    claimed.ends = shares.ends
    taken = shares.take(due, size)
    claimed.held = CAPPED if shares.is_used_up(taken) else ""
    return taken


def _readdress(mails: list[OutgoingMail]) -> None:
    """To the present address of each reader, unless a server may have it for the old one already. What happened to an
    account is told where it was read then: the new address may be a stranger's."""
    for mail in mails:
        if mail.kind == MailKind.SECURITY:
            continue
        if mail.recipient is not None and mail.to != mail.recipient.email and not mail.handed_over:
            mail.to = mail.recipient.email
            mail.save(update_fields=["to"])


def _without_resting(mails: list[OutgoingMail], moment: datetime, days: Calendar) -> list[OutgoingMail]:
    """No reminder reaches anybody on a day off: such a mail waits for the next working morning at its reader's hour,
    one to an organisation's channel for the morning of the installation."""
    awake = []
    for mail in mails:
        zone, hour = _clock_of(mail.recipient)
        today = moment.astimezone(zone).date()
        if mail.day is None or days.is_workday(today):
            awake.append(mail)
            continue
        morning = datetime.combine(days.next_workday(today), time(hour), zone)
        OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.RETRY, due_at=morning, lease_holder="")
    return awake


def _clock_of(person: Person | None) -> tuple[ZoneInfo, int]:
    return (person.zone, person.send_hour) if person is not None else (ZoneInfo(settings.TIME_ZONE), MORNING)


def _still_wanted(mails: list[OutgoingMail], moment: datetime, claimed: Claimed) -> list[OutgoingMail]:
    reasons = recheck.no_longer((mail.pk for mail in mails if mail.kind in CARRYING), moment)
    carrying = {mail.pk for mail in mails if _carries(mail, reasons)}
    answered = asks.no_longer(mails, moment)
    kept = []
    for mail in mails:
        if unreachable := _unreachable(mail):
            _suppress_mail(mail, unreachable, reasons.get(mail.pk, {}), moment)
        elif mail.pk in answered:
            _suppress_mail(mail, answered[mail.pk], {}, moment)
        elif mail.pk not in carrying or _settle(mail, reasons.get(mail.pk, {}), moment):
            kept.append(mail)
    claimed.suppressed += len(mails) - len(kept)
    return kept


def _unreachable(mail: OutgoingMail) -> str:
    """Why nothing is sent to this person; an address that returns mail is not tried again until somebody clears it."""
    person = mail.recipient
    if person is None or (person.is_active and person.bouncing_since is None):
        return ""
    if not person.is_active:
        return Suppression.PERSON_INACTIVE
    return "" if mail.kind in ASKED_FOR else Suppression.BOUNCING


def _carries(mail: OutgoingMail, reasons: Mapping[Any, dict[Any, str]]) -> bool:
    return mail.kind in CARRYING and (mail.kind != MailKind.NOTICE or mail.pk in reasons)


def _settle(mail: OutgoingMail, reasons: dict[Any, str], moment: datetime) -> bool:
    """Drop from a mail what no longer applies; whether anything is left to send.

    Bytes that a server may already have are sent again as they were, as long as one of their items still applies.
    """
    dropped = {pk: reason for pk, reason in reasons.items() if reason}
    if len(dropped) == len(reasons):
        _suppress_mail(mail, next(iter(dropped.values()), Suppression.SUPERSEDED), dropped, moment)
        return False
    if dropped and not mail.handed_over:
        _suppress(dropped, moment)
        rewriting.rewrite(mail)
    return True


def _suppress_mail(mail: OutgoingMail, reason: str, carried: dict[Any, str], moment: datetime) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=MailState.SUPPRESSED, server_reply=str(reason), lease_holder=""
    )
    _suppress({pk: why or str(reason) for pk, why in carried.items()}, moment)


def _suppress(reasons: dict[Any, str], moment: datetime) -> None:
    for reason in set(reasons.values()):
        pks = [pk for pk, why in reasons.items() if why == reason]
        Reminder.objects.filter(pk__in=pks).update(state=ReminderState.SUPPRESSED, reason=reason, updated_at=moment)
