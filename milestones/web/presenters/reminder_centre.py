"""What stands in the ledger of reminders, page by page, and how long do mails wait?"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from milestones.models import MailState, Milestone, OutgoingMail, Person, Reminder, ReminderStep
from milestones.pinyin import normal
from milestones.reminders.explain_words import suppression
from milestones.upkeep import outbox
from milestones.web.presenters import words

SHOWN = 50
MATCHES, PEOPLE = 200, 10  # milestones, and people, that a typed word may mean
WAITING_SHOWN = 50
FAILED_SHOWN = 20
LOOKED_BACK = timedelta(days=14)
MADE_BEFORE = timedelta(days=31)  # a day moves so far at most while its row is planned, when holidays are published


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
    """Those of people by day, for which there is an index; everybody's newest made first, which is by day too, since a
    row is made when its day begins: the primary key's order. `of`: this person's alone."""
    asked = {name: value for name, value in given.items() if value not in (None, "", [])}
    rows, cut = _narrowed(Reminder.objects.all(), asked)
    if of is not None or "recipient" in asked:
        people, more = ([of.pk], False) if of else _called(Person.objects.all(), asked["recipient"], most=PEOPLE)
        found, cut = _of_people(_after(rows, after, by_day=True), people), cut or more
    else:
        found = list(_near(_after(rows, after, by_day=False)).order_by("-pk")[: SHOWN + 1])
    following = ""
    if len(found) > SHOWN:
        following = "?" + urlencode({**_words(asked), "after": str(found[SHOWN - 1].pk)})
    return Ledger([_row(row) for row in found[:SHOWN]], following, bool(asked), cut)


def _near(rows: QuerySet[Reminder]) -> QuerySet[Reminder]:
    near = rows.select_related("recipient", "milestone__plan", "step", "step_version", "mail")
    return near.defer("mail__text", "mail__html")


def _narrowed(rows: QuerySet[Reminder], asked: dict[str, Any]) -> tuple[QuerySet[Reminder], bool]:
    """Words become ids first: a join over a million rows would be slow."""
    cut = False
    plain = {"day_from": "day__gte", "day_to": "day__lte", "state": "state", "reason": "reason", "channel": "channel"}
    rows = rows.filter(**{plain[name]: value for name, value in asked.items() if name in plain})
    if "day_from" in asked:
        rows = rows.filter(pk__gte=_made_since(asked["day_from"] - MADE_BEFORE))
    if "milestone" in asked:
        milestones, cut = _called(Milestone.objects.all(), asked["milestone"])
        rows = rows.filter(milestone__id__any_of=milestones)
    if "step" in asked:
        steps = ReminderStep.objects.filter(code=asked["step"]).values_list("pk", flat=True)
        rows = rows.filter(step__id__any_of=list(steps))
    return rows, cut


def _after(rows: QuerySet[Reminder], after: str, *, by_day: bool) -> QuerySet[Reminder]:
    """Those that follow the row `after`; all when there is no such row."""
    try:
        last = uuid.UUID(after)
    except ValueError:
        return rows
    if not by_day:
        return rows.filter(pk__lt=last)
    day = Reminder.objects.filter(pk=last).values_list("day", flat=True).first()
    return rows if day is None else rows.filter(Q(day__lt=day) | Q(day=day, pk__lt=last))


def _made_since(day: date) -> uuid.UUID:
    """The least key of a row made on `day` or later (RFC 9562: the first 48 bits are milliseconds)."""
    moment = datetime.combine(day, time(), UTC)
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def _of_people(rows: QuerySet[Reminder], people: Iterable[uuid.UUID]) -> list[Reminder]:
    """A query a person, each of which reads one page from the index: of all together the database would sort all."""
    found = [
        row for person in people for row in _near(rows.filter(recipient=person)).order_by("-day", "-pk")[: SHOWN + 1]
    ]
    return sorted(found, key=lambda row: (row.day, row.pk), reverse=True)[: SHOWN + 1]


def _called(rows: QuerySet[Any], typed: str, *, most: int = MATCHES) -> tuple[list[uuid.UUID], bool]:
    plan, slash, code = typed.partition("/")
    found = rows.filter(plan__code=plan, code=code) if slash else rows.filter(find__contains=normal(typed))
    ids = list(found.order_by("pk").values_list("pk", flat=True)[: most + 1])
    return ids[:most], len(ids) > most


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
