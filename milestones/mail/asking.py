"""How is everybody asked on a day, once and at their own hour, and does what was asked still hold when it leaves?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from milestones.changes.heartbeat import beat
from milestones.models import Heartbeat, OutgoingMail, Person
from milestones.workdays.calendar import Calendar

# The letters of a day to those of its readers who are asked for.
Letters = Callable[[date, Callable[[Person], bool]], Iterable[OutgoingMail]]


def ask(kind: str, letters: Letters, days: Calendar, now: datetime) -> int:
    """Queue the letters that `letters` writes for a day to those whose day it is, on working days only; how many.

    Safe to run at any time and side by side: a day is asked for once in each time zone, and the database lets a kind
    reach a person once a day.
    """
    zones = Person.objects.active().order_by("time_zone").values_list("time_zone", flat=True).distinct()
    return sum(_ask_zone(kind, letters, days, now, zone) for zone in list(zones))


def _ask_zone(kind: str, letters: Letters, days: Calendar, now: datetime, zone: str) -> int:
    today, job = now.astimezone(ZoneInfo(zone)).date(), f"{kind}:{zone}"
    if not days.is_workday(today) or Heartbeat.objects.filter(name=job, day=today).exists():
        return 0
    mails = list(letters(today, lambda person: person.time_zone == zone))
    for mail in mails:
        _schedule(mail, today, now)
    mails.sort(key=lambda mail: str(mail.recipient_id))  # two who ask at once do not wait for one another in a circle
    OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True)
    beat(job, now, day=today)
    return OutgoingMail.objects.filter(pk__any_of=[mail.pk for mail in mails]).count()


def _schedule(mail: OutgoingMail, day: date, now: datetime) -> None:
    """For the recipient's hour of `day`; that is also the date that the mail carries."""
    person = mail.recipient
    assert person is not None
    mail.day = day
    mail.due_at = mail.created_at = max(datetime.combine(day, time(person.send_hour), person.zone), now)


def renewed(mails: Iterable[OutgoingMail], moment: datetime, letters: Letters) -> Mapping[Any, OutgoingMail | None]:
    """For each mail, by id, the letter that would be written to its recipient now; None when nothing is asked now."""
    by_day: dict[date, list[OutgoingMail]] = defaultdict(list)
    for mail in mails:
        if mail.recipient is not None:  # who is asked is a person; a mail may have waited for another day
            by_day[moment.astimezone(mail.recipient.zone).date()].append(mail)
    found: dict[Any, OutgoingMail | None] = {}
    for day, some in by_day.items():
        people = {mail.recipient_id for mail in some}
        written = {letter.recipient_id: letter for letter in letters(day, partial(_is_among, people))}
        found |= {mail.pk: written.get(mail.recipient_id) for mail in some}
    return found


def _is_among(people: Collection[Any], person: Person) -> bool:
    return person.pk in people
