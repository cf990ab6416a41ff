"""How is everybody asked on a day, once and at their own hour, and does what was asked still hold when it leaves?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max

from milestones.changes.heartbeat import beat
from milestones.models import Heartbeat, OutgoingMail, Person
from milestones.workdays.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Readers:
    """Who is asked for: called with a person. `until` is the day up to which that person has been asked for all, and
    `floor` one up to which everybody has."""

    among: Callable[[Person], bool]
    until: Callable[[Person], date]
    floor: date = date.min

    def __call__(self, person: Person) -> bool:
        return self.among(person)


# The letters of a day to those of its readers who are asked for.
Letters = Callable[[date, Readers], Iterable[OutgoingMail]]


class Rounds:
    """Which days were asked for in each time zone, and for whom which day is still to be asked for, as at `now`.

    Of a day on which nothing ran the next working day's round takes what is still missing.
    """

    def __init__(self, kind: str, days: Calendar, now: datetime) -> None:
        self.kind, self.days, self.now = kind, days, now
        self._mailed: dict[str, Mapping[Any, date]] = {}

    @cached_property
    def last(self) -> dict[str, date]:
        """By zone."""
        prefix = f"{self.kind}:"
        rows = Heartbeat.objects.filter(name__startswith=prefix, day__isnull=False).values_list("name", "day")
        return {name.removeprefix(prefix): day for name, day in rows if day is not None}

    def today(self, zone: str) -> date:
        return self.now.astimezone(ZoneInfo(zone)).date()

    def is_to_come(self, zone: str, day: date) -> bool:
        """Whether a round asks for this day of today or later, and has not yet."""
        return self.days.is_workday(day) and day >= self.today(zone) and self.last.get(zone) != day

    def readers(self, day: date, zone: str | None = None) -> Readers:
        """Those for whom this day is still to come, in this zone only when one is named."""
        zones = [*self.last] if zone is None else [zone]
        return Readers(
            lambda person: zone in (None, person.time_zone) and self.is_to_come(person.time_zone, day),
            lambda person: self._until(person, day),
            min([self._asked_until(one, day) for one in zones], default=date.min),
        )

    def _asked_until(self, zone: str, day: date) -> date:
        """Up to which day a round of the zone has been, or will have been when that of `day` begins."""
        previous, last = self.days.previous_workday(day), self.last.get(zone)
        return previous if last is None or last >= previous or previous >= self.today(zone) else last

    def _until(self, person: Person, day: date) -> date:
        """A round that broke off, or one in the zone where the person was before, does not count twice: where there is
        something to make up, their own mails are asked too."""
        zone = person.time_zone
        until = self._asked_until(zone, day)
        if until == self.days.previous_workday(day):
            return until
        if zone not in self._mailed:
            self._mailed[zone] = self._days_of_mails(zone, until)
        return max(until, self._mailed[zone].get(person.pk, until))

    def _days_of_mails(self, zone: str, after: date) -> Mapping[Any, date]:
        rows = OutgoingMail.objects.filter(kind=self.kind, recipient__time_zone=zone, day__gt=after).order_by()
        return dict(rows.values_list("recipient_id").annotate(last=Max("day")).values_list("recipient_id", "last"))


def ask(kind: str, letters: Letters, days: Calendar, now: datetime) -> int:
    """Queue the letters that `letters` writes for a day to those whose day it is, on working days only; how many.

    Safe to run at any time and side by side: a day is asked for once in each time zone, and the database lets a kind
    reach a person once a day.
    """
    zones = Person.objects.active().order_by("time_zone").values_list("time_zone", flat=True).distinct()
    rounds = Rounds(kind, days, now)
    return sum(_ask_zone(rounds, letters, zone) for zone in list(zones))


def _ask_zone(rounds: Rounds, letters: Letters, zone: str) -> int:
    today = rounds.today(zone)
    if not rounds.is_to_come(zone, today):
        return 0
    mails = list(letters(today, rounds.readers(today, zone)))
    for mail in mails:
        _schedule(mail, today, rounds.now)
    mails.sort(key=lambda mail: str(mail.recipient_id))  # two who ask at once do not wait for one another in a circle
    OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True)
    beat(f"{rounds.kind}:{zone}", rounds.now, day=today)
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
        written = {letter.recipient_id: letter for letter in letters(day, _whole_story(some))}
        found |= {mail.pk: written.get(mail.recipient_id) for mail in some}
    return found


def _whole_story(mails: Iterable[OutgoingMail]) -> Readers:
    """All that has ever been asked of the readers of these."""
    people = {mail.recipient_id for mail in mails}
    return Readers(lambda person: person.pk in people, lambda _person: date.min)
