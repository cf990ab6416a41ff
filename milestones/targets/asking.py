"""Who is asked on which day to record which target's reading?

A reading of each month is expected as the plan's monthly reports are; a provisional one counts. It is asked for on the
days that the steps of the policy name, as long as it is not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from django.db.models import QuerySet

from milestones import access
from milestones.actors import Actor
from milestones.mail import asking, catalogue
from milestones.models import Anchor, Audience, MailKind, OutgoingMail, Person, PlanState, Reading, Target, Via
from milestones.planning.addressees import Subject, near
from milestones.planning.asking_days import DAY, Expected
from milestones.planning.asking_steps import Ladders, ladders
from milestones.planning.cadence import NONE, month_deadline
from milestones.planning.calendars import calendar
from milestones.planning.questions import Book, Coming, Put, Question, Why, days_around
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import Precision, period_end, period_start

KIND = MailKind.READING_DUE
RECORDERS = frozenset({Audience.COORDINATOR.value})


@dataclass(frozen=True, slots=True)
class MissingReading:
    """No reading as of a day of this month is there yet; `last` is the day of the last reading, None without any."""

    target: Target
    month: date
    last: date | None


def ask(now: datetime) -> int:
    """Queue today's mails; how many. Safe to run at any time."""
    days = calendar()
    book = cache(lambda: _book(expected_of(), *days_around(now), days))
    return asking.ask(KIND, lambda day, readers: _letters(book(), day, readers, now), days, now)


def renewed(mails: Sequence[OutgoingMail], moment: datetime) -> Mapping[Any, OutgoingMail | None]:
    """Just before these leave: each as it would be written now, None when the readings have come in meanwhile."""
    first, last = days_around(moment)
    people = near([mail.recipient_id for mail in mails], first, last)
    rows = expected_of() if people.office else expected_of().filter(lead__in=people.units)
    book = _book(rows, first, last, calendar())
    return asking.renewed(mails, moment, lambda day, readers: _letters(book, day, readers, moment))


def coming(first: date, last: date, *, now: datetime, rows: QuerySet[Target] | None = None) -> list[Coming]:
    """Which readings will be asked for on the days in [first, last], of these targets or all, if nothing changes."""
    days = calendar()
    book = _book(expected_of() if rows is None else rows, first, last, days)
    return list(book.coming(asking.Rounds(KIND, days, now)))


def why(person: Person, target: Target, day: date) -> Why | None:
    """Of the reading of the month that holds `day`; None when none is expected."""
    days, plan = calendar(), target.plan
    month = period_start(day, Precision.MONTH)
    if plan.activated_at is None or month not in _months(target, day, days):
        return None
    question = _question(MissingReading(target, month, None), ladders(Anchor.READING_DUE), days)
    read = _readings([target]).filter(as_of__gte=month, as_of__lte=period_end(month, Precision.MONTH))
    answered = read.order_by("created_at").values_list("created_at", flat=True).first()
    return Book([question], days, month, period_end(month, Precision.MONTH)).why(question, person, KIND, answered)


def expected_of() -> QuerySet[Target]:
    """The targets of which readings are a duty."""
    return Target.objects.filter(plan__state=PlanState.ACTIVE).exclude(plan__report_cadence=NONE)


def _letters(book: Book, day: date, readers: asking.Readers, now: datetime) -> Iterator[OutgoingMail]:
    """One for each person of whom a reading is asked."""
    for person, puts in book.put(day, readers).items():
        by_target: dict[Any, list[Put]] = defaultdict(list)
        for one in puts:
            by_target[one.question.what.target].append(one)
        wanted = sorted(map(_wanted, by_target.values()), key=lambda one: (one.deadline, one.target.code))
        yield catalogue.reading_due(person, wanted, day, now=now)


def _wanted(puts: Sequence[Put]) -> catalogue.WantedReading:
    """All months of one target, the last of which has the deadline that is told."""
    months = [one.question.what.month for one in puts]
    last = puts[-1]
    missing = last.question.what
    return catalogue.WantedReading(missing.target, months, last.question.expected.by, missing.last, last.stead)


def _book(rows: QuerySet[Target], first: date, last: date, days: Calendar) -> Book:
    targets = list(rows.select_related("plan", "workstream"))
    steps, read = ladders(Anchor.READING_DUE), _days_read(targets)
    found = [
        _question(MissingReading(target, month, max(read[target.pk], default=None)), steps, days)
        for target in targets
        for month in _months(target, last, days)
        if not any(month <= day <= period_end(month, Precision.MONTH) for day in read[target.pk])
    ]
    return Book(found, days, first, last)


def _question(missing: MissingReading, steps: Ladders, days: Calendar) -> Question:
    target, stream, plan = missing.target, missing.target.workstream, missing.target.plan
    subject = Subject(lead=target.lead_id, only=RECORDERS, fits=partial(_records, target))
    expected = Expected(month_deadline(missing.month, plan.report_day, days), missing.month)
    return Question(
        missing, subject, expected, steps.of(stream.policy_id if stream is not None else None, plan.policy_id)
    )


def _records(target: Target, person: Person) -> bool:
    return access.may(Actor(person, Via.MAIL), "target.record", target)


def _months(target: Target, day: date, days: Calendar) -> list[date]:
    """The first days of the plan's months until `day` whose deadline does not lie before this was a duty."""
    plan, found = target.plan, []
    assert plan.activated_at is not None  # as every active plan was
    since = max(max(plan.activated_at, target.created_at).astimezone(plan.zone).date(), plan.starts_on)
    month = period_start(since, Precision.MONTH)
    while month <= min(day, plan.ends_on):
        if month_deadline(month, plan.report_day, days) >= since:
            found.append(month)
        month = period_end(month, Precision.MONTH) + DAY
    return found


def _days_read(targets: Collection[Target]) -> dict[Any, list[date]]:
    found: dict[Any, list[date]] = defaultdict(list)
    for target, day in _readings(targets).order_by().values_list("target_id", "as_of"):
        found[target].append(day)
    return found


def _readings(targets: Collection[Target]) -> QuerySet[Reading]:
    """Those that count: what was revised does not."""
    return Reading.objects.filter(target__id__any_of=[target.pk for target in targets], revised_by__isnull=True)
