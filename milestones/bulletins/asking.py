"""Who gets the bulletin of a week, and what of it?

Leaders, of the organisations that they supervise, or of all when they supervise none; the office, of all. Once a week,
on its last working day, at each reader's hour; also when all is well: silence would tell nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from milestones import access
from milestones.mail import asking
from milestones.mail.bulletin import Bulletin, Unit, bulletin
from milestones.models import MailKind, Organisation, OutgoingMail, Person, Plan
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar

from . import loading, rules
from .rules import DAY, Week


def ask(now: datetime) -> int:
    """Queue this week's bulletins when their day has come; how many. Safe to run at any time."""
    days = calendar()
    return asking.ask(MailKind.BULLETIN, partial(_letters, days=days, now=now), days, now)


def preview(day: date, *, now: datetime) -> list[OutgoingMail]:
    """What would leave on `day`, with the numbers as they are now; stored nowhere. Empty on other days."""
    days = calendar()
    everybody = asking.Readers(lambda _person: True, lambda _person: day - DAY)
    return list(_letters(day, everybody, days=days, now=now)) if rules.closing(day, days) == day else []


def next_day(day: date) -> date:
    """The first day from `day` on on which a bulletin leaves."""
    days = calendar()
    while rules.closing(day, days) != day:
        day = days.next_workday(day)
    return day


def _letters(day: date, readers: asking.Readers, *, days: Calendar, now: datetime) -> Iterator[OutgoingMail]:
    people = _people()
    weeks = {one: rules.to_send(day, readers.until(one), days) for one in people if readers(one)}
    wanted = {person: week for person, week in weeks.items() if week is not None}
    plans = list(Plan.objects.active().order_by("-year", "code").values_list("code", flat=True)) if wanted else []
    if not plans:
        return
    supervised = _supervised()
    units = cache(partial(loading.units, today=day, days=days))
    for person, week in wanted.items():
        theirs = None if people[person] else supervised.get(person.pk)
        told = _told(week, day, units(week), plans, theirs=theirs, office=people[person])
        yield bulletin(person, told, now=now)


def _people() -> dict[Person, bool]:
    """Whoever reads it and has not said that they do not want it, and whether they are of the office."""
    found = dict.fromkeys(access.leaders(), False) | dict.fromkeys(access.office(), True)
    return {person: office for person, office in found.items() if rules.CODE not in person.muted_steps}


def _told(
    week: Week, day: date, units: Sequence[Unit], plans: Sequence[str], *, theirs: set[Any] | None, office: bool
) -> Bulletin:
    """`theirs` are the ids of the organisations that the reader supervises; None: all that there are."""
    return Bulletin(
        day=day,
        first=week.since,
        last=week.day - DAY,
        until=week.until,
        units=[unit for unit in units if theirs is None or unit.id in theirs],
        plans=plans,
        everything=theirs is None,
        office=office,
    )


def _supervised() -> dict[Any, set[Any]]:
    """The organisations by who supervises them: each its own leader's, else that of the nearest one above."""
    every = {unit.pk: unit for unit in Organisation.objects.select_related("supervising_leader")}
    for unit in every.values():
        unit.parent = every[unit.parent_id] if unit.parent_id else None
    found: dict[Any, set[Any]] = {}
    for unit in every.values():
        if (leader := access.supervising_leader(unit)) is not None:
            found.setdefault(leader.pk, set()).add(unit.pk)
    return found
