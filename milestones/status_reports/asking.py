"""Who is asked on which day to report on what?

Three working days before a report is expected, and on the day itself, as long as it is not there. A person's mail of
such a day lists every report that has been asked for and is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from milestones import access
from milestones.mail import asking, catalogue
from milestones.models import Delegation, MailKind, Milestone, OutgoingMail, Person
from milestones.planning.cadence import Period
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar

from . import queries
from .queries import Missing

DAYS_BEFORE = 3


def ask(now: datetime) -> int:
    """Queue today's mails; how many. Safe to run at any time."""
    days = calendar()
    letters = partial(_letters, days=days, now=now, rows=queries.expected_of(), on_their_day=True)
    return asking.ask(MailKind.REPORT_DUE, letters, days, now)


def renewed(mails: Sequence[OutgoingMail], moment: datetime) -> Mapping[Any, OutgoingMail | None]:
    """Just before these leave: each as it would be written now, None when its reports have come in meanwhile."""
    rows = _of(queries.expected_of(), [mail.recipient_id for mail in mails], moment)
    letters = partial(_letters, days=calendar(), now=moment, rows=rows, on_their_day=False)
    return asking.renewed(mails, moment, letters)


def days_of(period: Period, days: Calendar) -> tuple[date, date]:
    """The two days on which a report is asked for; in a short week the first may be the second."""
    first = days.subtract(period.deadline, DAYS_BEFORE)
    return max(first, days.on_or_after(period.first)), period.deadline


def _letters(
    day: date,
    to: Callable[[Person], bool],
    *,
    days: Calendar,
    now: datetime,
    rows: QuerySet[Milestone],
    on_their_day: bool,
) -> Iterator[OutgoingMail]:
    """One for each person with something to report; `on_their_day` only where one of it is asked for on `day`."""
    for person, wanted in _by_person(rows, day, days).items():
        if not to(person) or (on_their_day and not any(day in days_of(one.period, days) for one in wanted)):
            continue
        shown = [catalogue.Wanted(one.milestone, one.period.deadline, one.last) for one in wanted]
        yield catalogue.report_due(person, shown, day, now=now)


def _by_person(rows: QuerySet[Milestone], day: date, days: Calendar) -> Mapping[Person, list[Missing]]:
    """What has been asked for by `day` and is missing, for each who is asked and, while they are away, their deputy."""
    rows = rows.select_related("accountable", "lead__coordinator")
    found: dict[Person, list[Missing]] = defaultdict(list)
    asked = _Asked(day)
    for missing in queries.missing_of(rows, day, days):
        if days_of(missing.period, days)[0] <= day:
            for person in asked.of(missing.milestone):
                found[person].append(missing)
    return found


class _Asked:
    """Who reports on a milestone: the accountable person, else the lead's coordinator, else the office."""

    def __init__(self, day: date) -> None:
        self.deputies: dict[Any, list[Person]] = defaultdict(list)
        for row in Delegation.objects.running(day).filter(deputy__is_active=True).select_related("deputy"):
            self.deputies[row.person_id].append(row.deputy)
        self._office: list[Person] | None = None

    def of(self, milestone: Milestone) -> Iterable[Person]:
        people = self._people(milestone)
        return dict.fromkeys([*people, *(deputy for person in people for deputy in self.deputies[person.pk])])

    def _people(self, milestone: Milestone) -> list[Person]:
        coordinator = milestone.lead.coordinator if milestone.lead else None
        for person in (milestone.accountable, coordinator):
            if person is not None and person.is_active:
                return [person]
        if self._office is None:
            self._office = list(access.office())
        return self._office


def _of(rows: QuerySet[Milestone], people: Collection[Any], moment: datetime) -> QuerySet[Milestone]:
    """Those on which these people might be asked: theirs, of whom they stand in for, and what nobody active owns."""
    somewhere = [(moment + hours).date() for hours in (timedelta(hours=-26), timedelta(hours=26))]  # whatever the zone
    absent = Delegation.objects.filter(deputy__in=people, starts_on__lte=somewhere[1], ends_on__gte=somewhere[0])
    theirs = Q(accountable__in=people) | Q(accountable__in=absent.values("person"))
    return rows.filter(theirs | Q(accountable__isnull=True) | Q(accountable__is_active=False))
