"""What stands in the ledger of reminders, page by page, and how long do mails wait?"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet

from milestones.models import MailState, Milestone, OutgoingMail, Person, Reminder, ReminderStep
from milestones.pinyin import normal
from milestones.reminders.explain_words import suppression
from milestones.upkeep import outbox
from milestones.web.presenters import words

SHOWN = 50
MATCHES = 200  # people or milestones that a typed word may mean
WAITING_SHOWN = 50
FAILED_SHOWN = 20
LOOKED_BACK = timedelta(days=14)


@dataclass(frozen=True)
class Row:
    """`day` is the day of the plan for which it was planned, `left` when the mail that carries it was accepted."""

    reminder: Reminder
    step: str
    state: str
    why: str
    left: datetime | None


@dataclass(frozen=True)
class Ledger:
    """`following` is the address of the next page, empty on the last; `cut`: a typed word means too many."""

    rows: list[Row]
    following: str
    narrows: bool
    cut: bool


def ledger(given: dict[str, Any], *, of: Person | None, after: str) -> Ledger:
    """Newest made first, which is by day, since a row is made when its day begins: the primary key's order, whatever
    the filter, so that a page never costs more than it shows, wherever an index helps. `of`: this person's alone."""
    asked = {name: value for name, value in given.items() if value not in (None, "", [])}
    rows, cut = _narrowed(Reminder.objects.all() if of is None else Reminder.objects.filter(recipient=of), asked)
    if (cursor := _cursor(after)) is not None:
        rows = rows.filter(pk__lt=cursor)
    found = list(_near(rows).order_by("-pk")[: SHOWN + 1])
    following = ""
    if len(found) > SHOWN:
        following = "?" + urlencode({**_words(asked), "after": str(found[SHOWN - 1].pk)})
    return Ledger([_row(one) for one in found[:SHOWN]], following, bool(asked), cut)


def _near(rows: QuerySet[Reminder]) -> QuerySet[Reminder]:
    near = rows.select_related("recipient", "milestone__plan", "step", "step_version", "mail")
    return near.defer("mail__text", "mail__html")


def _narrowed(rows: QuerySet[Reminder], asked: dict[str, Any]) -> tuple[QuerySet[Reminder], bool]:
    """Words become ids first: a join over a million rows would be slow."""
    cut = False
    plain = {"day_from": "day__gte", "day_to": "day__lte", "state": "state", "reason": "reason", "channel": "channel"}
    rows = rows.filter(**{plain[name]: value for name, value in asked.items() if name in plain})
    if "recipient" in asked:
        people, cut = _called(Person.objects.all(), asked["recipient"])
        rows = rows.filter(recipient__id__any_of=people)
    if "milestone" in asked:
        milestones, more = _called(Milestone.objects.all(), asked["milestone"])
        rows, cut = rows.filter(milestone__id__any_of=milestones), cut or more
    if "step" in asked:
        steps = ReminderStep.objects.filter(code=asked["step"]).values_list("pk", flat=True)
        rows = rows.filter(step__id__any_of=list(steps))
    return rows, cut


def _called(rows: QuerySet[Any], typed: str) -> tuple[list[uuid.UUID], bool]:
    plan, slash, code = typed.partition("/")
    found = rows.filter(plan__code=plan, code=code) if slash else rows.filter(find__contains=normal(typed))
    ids = list(found.order_by("pk").values_list("pk", flat=True)[: MATCHES + 1])
    return ids[:MATCHES], len(ids) > MATCHES


def _row(one: Reminder) -> Row:
    mail = one.mail
    return Row(
        reminder=one,
        step=words.step(one.step_version, one.occurrence),
        state=one.get_state_display(),
        why=suppression(one.reason),
        left=mail.sent_at if mail is not None else None,
    )


def _words(asked: dict[str, Any]) -> dict[str, str]:
    return {name: value.isoformat() if isinstance(value, date) else str(value) for name, value in asked.items()}


def _cursor(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Waiting:
    """`words` are the server's of the last attempt."""

    mail: OutgoingMail
    to: str
    words: str


@dataclass(frozen=True)
class OutboxPage:
    """`look` has how many are due and since when; `minutes` is the age of the oldest of these, None when none is."""

    look: outbox.Outbox
    minutes: int | None
    waiting: list[Waiting]
    failed: list[Waiting]


def outbox_page(now: datetime) -> OutboxPage:
    """What has waited longest comes first; what failed within the last two weeks, newest first."""
    waits = OutgoingMail.objects.waiting().order_by("channel", "due_at", "id")[:WAITING_SHOWN]
    recent = OutgoingMail.objects.filter(created_at__gte=now - LOOKED_BACK)
    failed = recent.filter(state__in=(MailState.FAILED, MailState.BOUNCED)).order_by("-created_at", "-id")
    look = outbox.look(now)
    return OutboxPage(look, age(look, now), _mails(waits), _mails(failed[:FAILED_SHOWN]))


def age(look: outbox.Outbox, now: datetime) -> int | None:
    return None if look.oldest_due is None else int((now - look.oldest_due).total_seconds() // 60)


def _mails(rows: QuerySet[OutgoingMail]) -> list[Waiting]:
    near: Iterable[OutgoingMail] = rows.select_related("recipient", "organisation").defer("text", "html")
    return [Waiting(mail, _to(mail), mail.server_reply) for mail in near]


def _to(mail: OutgoingMail) -> str:
    if mail.recipient is not None:
        return mail.recipient.display_name
    return str(mail.organisation) if mail.organisation is not None else mail.to
