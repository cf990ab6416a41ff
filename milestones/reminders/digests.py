"""Which planned reminders go out together, in which mail, at which hour?

One digest a person and local day, at their hour, on working days only. What falls due on the deadline itself after
that day's digest has left goes out at once in a mail of its own; everything else waits for the next working morning.
A step that is not for digests, and everything for whom wants it at once, is a mail of its own from that hour on.
Notices are the work of escalation.py, other channels than mail of posts.py.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q

from milestones.mail.digest import Item, digest
from milestones.models import Channel, DigestFrequency, MailKind, OutgoingMail, Person, Reminder, ReminderState
from milestones.models.lookups import array
from milestones.workdays.calendar import Calendar

from . import collector, side_by_side, storing
from .items import items_of

BATCH = 25
SHARE = 500  # people whose digests one process composes before others are asked: some seconds
URGENT = ("on_due",)
HOUR = ("recipient__time_zone", "recipient__send_hour")
CLAIM = """
UPDATE milestones_reminder SET state = 'claimed', mail_id = pair.mail, updated_at = %s
FROM unnest(%s::uuid[], %s::uuid[]) AS pair(reminder, mail) WHERE id = pair.reminder
"""


@dataclass(slots=True)
class Bundle:
    """A mail to be: its unsaved row and the reminders it carries."""

    mail: OutgoingMail
    reminders: list[Any]


def compose(
    now: datetime,
    days: Calendar,
    queued_some: Callable[[], None] | None = None,
    elsewhere: Callable[[datetime, list[Any]], None] | None = None,
) -> int:
    """Queue the mails of everybody whose hour has come; how many. `queued_some` is called after each batch, so that
    delivery need not wait for the last one; of many people all but the first are given to `elsewhere`."""
    waiting = Reminder.objects.planned().filter(day__lte=(now + timedelta(hours=14)).date(), channel=Channel.MAIL)
    rows = waiting.order_by("recipient_id").values_list("recipient_id", *HOUR).distinct()
    people = [person for person, zone, hour in rows if _hour_has_come(zone, hour, now, days)]
    if elsewhere is not None:
        for start in range(SHARE, len(people), SHARE):
            elsewhere(now, people[start : start + SHARE])
        del people[SHARE:]
    return compose_for(people, now, days, queued_some)


@lru_cache(maxsize=256)
def _hour_has_come(zone: str, send_hour: int, now: datetime, days: Calendar) -> bool:
    """On a working day, where the person is: before it nothing leaves, so nobody's reminders need be read."""
    local = now.astimezone(ZoneInfo(zone))
    return local.hour >= send_hour and days.is_workday(local.date())


@collector.waiting()
def compose_for(
    people: Sequence[Any], now: datetime, days: Calendar, queued_some: Callable[[], None] | None = None
) -> int:
    """`compose` of these people."""
    batches = deque(people[start : start + BATCH] for start in range(0, len(people), BATCH))
    queued: list[int] = []

    def work() -> None:
        while batches:
            try:
                batch = batches.popleft()
            except IndexError:  # the other thread took the last one
                return
            count = _compose_for(batch, now, days)
            queued.append(count)
            if count and queued_some is not None:
                queued_some()

    if len(batches) > 1:
        side_by_side.run(work)
    else:
        work()
    return sum(queued)


def _compose_for(people: Sequence[Any], now: datetime, days: Calendar) -> int:
    bundles = _bundles(people, now, days)
    return _queue(bundles, now) if bundles else 0


def _bundles(people: Sequence[Any], now: datetime, days: Calendar) -> list[Bundle]:
    """Rendered outside any transaction."""
    found = []
    planned = _planned_of(people)
    left = _digests_left(people, now)
    for person in Person.objects.filter(pk__in=people).order_by("pk"):
        today = now.astimezone(person.zone).date()
        due = [item for item in planned[person.pk] if item.day <= today]
        if not due or not _hour_has_come(person.time_zone, person.send_hour, now, days):
            continue
        for kind, items in _parts(person, due, today, digest_left=(person.pk, today) in left):
            found.append(_bundle(kind, person, items, today, now, days))
    return found


def _parts(person: Person, due: list[Item], today: date, *, digest_left: bool) -> Iterator[tuple[str, list[Item]]]:
    """What of `due` leaves now that the hour has come, mail by mail."""
    at_once = person.digest_frequency == DigestFrequency.IMMEDIATE
    together = [item for item in due if item.digestible and not at_once]
    yield from ((MailKind.SINGLE, [item]) for item in due if at_once or not item.digestible)
    if not digest_left:
        if together:
            yield MailKind.DIGEST, together
    elif urgent := [item for item in together if item.anchor in URGENT and item.day == today]:
        yield MailKind.DUE_TODAY, urgent


def _bundle(kind: str, person: Person, items: list[Item], today: date, now: datetime, days: Calendar) -> Bundle:
    return Bundle(digest(kind, person, items, today, days, now=now), [item.reminder for item in items])


def _planned_of(people: Iterable[Any]) -> dict[Any, list[Item]]:
    found: dict[Any, list[Item]] = defaultdict(list)
    plain = Q(step_version__level="") | Q(milestone__lead__isnull=True) | Q(milestone__lead__is_active=False)
    for item in items_of(Reminder.objects.planned().filter(plain, recipient_id__in=people, channel=Channel.MAIL)):
        found[item.recipient].append(item)
    return found


def _digests_left(people: Sequence[Any], now: datetime) -> set[tuple[Any, date | None]]:
    """(person, day) of the digests that exist already, as far as they can matter now."""
    since = (now - timedelta(days=2)).date()
    rows = OutgoingMail.objects.filter(kind=MailKind.DIGEST, recipient_id__in=people, day__gte=since)
    return set(rows.values_list("recipient_id", "day"))


def _queue(bundles: list[Bundle], now: datetime) -> int:
    """Store the mails and claim their reminders, all or nothing a batch; a bundle somebody else was faster with, or
    whose reminders changed since they were read, is left to the next sweep."""
    with transaction.atomic():
        people = [bundle.mail.recipient_id for bundle in bundles]
        locked = Reminder.objects.planned().select_for_update(of=("self",)).filter(recipient__id__any_of=people)
        still = set(locked.order_by("pk").values_list("pk", flat=True))
        whole = [bundle for bundle in bundles if still.issuperset(bundle.reminders)]
        storing.insert_mails(bundle.mail for bundle in whole)
        mails = [bundle.mail.pk for bundle in whole]
        stored = set(OutgoingMail.objects.filter(pk__any_of=mails).values_list("pk", flat=True))
        _claim([bundle for bundle in whole if bundle.mail.pk in stored], now)
    return len(stored)


def _claim(bundles: list[Bundle], now: datetime) -> None:
    """Each reminder with the mail that carries it, in one statement where the database can take two lists."""
    if connection.vendor == "postgresql":
        pairs = [(pk.hex, bundle.mail.pk.hex) for bundle in bundles for pk in bundle.reminders]
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [now, array(pk for pk, _mail in pairs), array(mail for _pk, mail in pairs)])
        return
    for bundle in bundles:
        carried = Reminder.objects.filter(pk__any_of=bundle.reminders)
        carried.update(state=ReminderState.CLAIMED, mail=bundle.mail, updated_at=now)
