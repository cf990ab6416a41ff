"""How is everybody asked on a day, once and at their own hour, and does what was asked still hold when it leaves?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from milestones.changes.heartbeat import beat
from milestones.models import Heartbeat, OutgoingMail, Person
from milestones.workdays.calendar import Calendar

Letters = Callable[[date], Iterable[OutgoingMail]]


def ask(kind: str, letters: Letters, days: Calendar, now: datetime) -> int:
    """Queue the letters that `letters` writes for a day to those whose day it is, on working days only; how many.

    Safe to run at any time and side by side: a day is asked for once in each time zone, and the database lets a kind
    reach a person once a day.
    """
    zones = Person.objects.active().order_by("time_zone").values_list("time_zone", flat=True).distinct()
    return sum(_ask_zone(kind, letters, days, now, zone) for zone in list(zones))


def _ask_zone(kind: str, letters: Letters, days: Calendar, now: datetime, zone: str) -> int:
    today, job = now.astimezone(ZoneInfo(zone)).date(), f"{kind}:{zone}"
    if not days.is_workday(today) or Heartbeat.objects.filter(name=job, day__gte=today).exists():
        return 0
    mails = [mail for mail in letters(today) if mail.recipient is not None and mail.recipient.time_zone == zone]
    for mail in mails:
        _schedule(mail, today, now)
    OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True)
    beat(job, now, day=today)
    return OutgoingMail.objects.filter(pk__any_of=[mail.pk for mail in mails]).count()


def _schedule(mail: OutgoingMail, day: date, now: datetime) -> None:
    """For the recipient's hour of `day`; that is also the date that the mail carries."""
    person = mail.recipient
    assert person is not None
    mail.day = day
    mail.due_at = mail.created_at = max(datetime.combine(day, time(person.send_hour), person.zone), now)


def read_on(mail: OutgoingMail, moment: datetime) -> date:
    """The day on which the recipient would read it now: a mail may have waited."""
    assert mail.recipient is not None  # who is asked is a person
    return moment.astimezone(mail.recipient.zone).date()


def renewed(mails: Iterable[OutgoingMail], moment: datetime, letters: Letters) -> Mapping[object, OutgoingMail | None]:
    """For each mail, by id, the letter that would be written to its recipient now; None when nothing is asked now."""
    found: dict[object, OutgoingMail | None] = {}
    by_day: dict[date, dict[object, OutgoingMail]] = {}
    for mail in mails:
        day = read_on(mail, moment)
        if day not in by_day:
            by_day[day] = {letter.recipient_id: letter for letter in letters(day)}
        found[mail.pk] = by_day[day].get(mail.recipient_id)
    return found
