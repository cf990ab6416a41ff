"""Who is asked on which day to report on what?

On the days that the steps of the milestone's policy name, as long as the report is not there. A person's mail of such a
day lists every report that has been asked for and is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from milestones.mail import asking, catalogue
from milestones.models import Anchor, Audience, MailKind, Milestone, OutgoingMail, Person, StatusReport
from milestones.planning.addressees import Near, Subject, near
from milestones.planning.asking_days import DAY, Expected, Step
from milestones.planning.asking_steps import Ladders, ladders
from milestones.planning.cadence import Schedule
from milestones.planning.calendars import calendar
from milestones.planning.questions import Book, Coming, Put, Question, Why, days_around
from milestones.workdays.calendar import Calendar

from . import queries
from .queries import Missing

KIND = MailKind.REPORT_DUE
OWNERS_ONLY = frozenset({Audience.OWNER.value, Audience.DEPUTY.value})


def ask(now: datetime) -> int:
    """Queue today's mails; how many. Safe to run at any time."""
    days = calendar()
    book = cache(lambda: _book(queries.expected_of(), ladders(Anchor.REPORT_DUE), *days_around(now), days))
    return asking.ask(KIND, lambda day, readers: _letters(book(), day, readers, now), days, now)


def renewed(mails: Sequence[OutgoingMail], moment: datetime) -> Mapping[Any, OutgoingMail | None]:
    """Just before these leave: each as it would be written now, None when its reports have come in meanwhile."""
    first, last = days_around(moment)
    steps, people = ladders(Anchor.REPORT_DUE), near([mail.recipient_id for mail in mails], first, last)
    book = _book(_of(queries.expected_of(), people, steps), steps, first, last, calendar())
    return asking.renewed(mails, moment, lambda day, readers: _letters(book, day, readers, moment))


def coming(first: date, last: date, *, now: datetime, rows: QuerySet[Milestone] | None = None) -> list[Coming]:
    """Which reports will be asked for on the days in [first, last], of these milestones or all, if nothing changes."""
    days = calendar()
    rows = queries.expected_of() if rows is None else rows
    book = _book(rows, ladders(Anchor.REPORT_DUE), first, last, days)
    found = book.coming(asking.Rounds(KIND, days, now))
    shown: dict[tuple[Any, ...], Coming] = {}
    for one in found:  # of two reports on one milestone the later one
        key = (one.day, one.person, one.what.milestone)
        shown[key] = max(shown.get(key, one), one, key=lambda one: one.by)
    return list(shown.values())


def why(person: Person, milestone: Milestone, day: date) -> Why | None:
    """Of the report that is expected in the period that holds `day`, as if the milestone were open all the time; None
    when none is expected."""
    if milestone.plan.activated_at is None:
        return None
    schedule = queries.schedule(milestone, calendar())
    period = schedule.period(day)
    if period is None or period.deadline < schedule.since:
        return None
    steps = ladders(Anchor.REPORT_DUE).of(*_policies(milestone))
    following = schedule.following(period)
    expected = Expected(period.deadline, period.first, period.last, following.last)
    question = Question(Missing(milestone, period, None), _subject(milestone), expected, steps)
    reports = StatusReport.objects.reported().filter(milestone=milestone, as_of__gte=period.first)
    answered = reports.order_by("submitted_at").values_list("submitted_at", flat=True).first()
    book = Book([question], schedule.days, period.first, following.last)
    return book.why(question, person, KIND, answered)


def _letters(book: Book, day: date, readers: asking.Readers, now: datetime) -> Iterator[OutgoingMail]:
    """One for each person of whom a report is asked."""
    for person, puts in book.put(day, readers).items():
        yield catalogue.report_due(person, [_wanted(one) for one in _one_each(puts)], day, now=now)


def _wanted(put: Put) -> catalogue.Wanted:
    missing = put.question.what
    return catalogue.Wanted(missing.milestone, missing.period.deadline, missing.last, put.stead)


def _one_each(puts: Sequence[Put]) -> list[Put]:
    """Of each milestone the latest report that is asked for, which answers the earlier ones; soonest expected first."""
    last: dict[Any, Put] = {}
    for one in sorted(puts, key=_in_order):
        last[one.question.what.milestone.pk] = one
    return sorted(last.values(), key=_in_order)


def _in_order(put: Put) -> tuple[Any, ...]:
    milestone = put.question.what.milestone
    return put.question.expected.by, milestone.due_on, milestone.code


def _book(rows: QuerySet[Milestone], steps: Ladders, first: date, last: date, days: Calendar) -> Book:
    reported = queries.last_days(rows)
    found: list[Question] = []
    for milestone in rows.select_related("plan", "workstream").iterator():
        found += _questions(milestone, steps, reported.get(milestone.pk), first, last, days)
    return Book(found, days, first, last)


def _questions(
    milestone: Milestone, steps: Ladders, reported: date | None, first: date, last: date, days: Calendar
) -> Iterator[Question]:
    """Of the periods that are asked about on the days in [first, last]: also the one before, by steps that repeat."""
    asks = steps.of(*_policies(milestone))
    schedule = queries.schedule(milestone, days)
    for what, expected in _missing(milestone, schedule, asks, reported, first, last):
        yield Question(what, _subject(milestone), expected, asks)


def _missing(
    milestone: Milestone, schedule: Schedule, steps: Sequence[Step], reported: date | None, first: date, last: date
) -> Iterator[tuple[Missing, Expected]]:
    period = schedule.period(first) if steps else None
    if period is not None and any(step.repeats for step in steps):
        period = schedule.period(period.first - DAY)
    while period is not None and period.first <= last:
        following = schedule.following(period)
        if period.deadline >= schedule.since and (reported is None or reported < period.first):
            bounds = Expected(period.deadline, period.first, period.last, following.last)
            yield Missing(milestone, period, reported), bounds
        period = following


def _policies(milestone: Milestone) -> tuple[Any, Any, Any]:
    stream = milestone.workstream
    return milestone.policy_id, stream.policy_id if stream is not None else None, milestone.plan.policy_id


def _subject(milestone: Milestone) -> Subject:
    return Subject(milestone.accountable_id, milestone.lead_id, milestone.pk)


def _of(rows: QuerySet[Milestone], people: Near, steps: Ladders) -> QuerySet[Milestone]:
    """Those on which these people might be asked."""
    wanted = steps.wanted()
    if people.office and not wanted <= OWNERS_ONLY:
        return rows
    theirs = Q(accountable__in=people.people) | Q(lead__in=people.units)
    if Audience.WATCHERS in wanted:
        theirs |= Q(pk__in=Milestone.objects.filter(watches__person__in=people.people).values("pk"))
    if people.office:
        gone = Q(accountable__is_active=False) | Q(accountable__bouncing_since__isnull=False)
        theirs |= Q(accountable__isnull=True) | gone
    return rows.filter(theirs)
