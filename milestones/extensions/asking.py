"""Who is asked again for a decision whose time is up, and is a decision still asked for when a mail leaves?

On the days that the steps of the milestone's policy name, while there is no answer; a person's mail of a day lists all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from django.db.models import QuerySet

from milestones import access
from milestones.mail import asking, catalogue
from milestones.models import Anchor, Audience, Extension, MailKind, OutgoingMail, Person, PlanState
from milestones.planning.addressees import Subject
from milestones.planning.asking_days import Expected
from milestones.planning.asking_steps import Ladders, ladders
from milestones.planning.calendars import calendar
from milestones.planning.questions import Book, Coming, Question, Why, days_around
from milestones.workdays.calendar import Calendar

from . import deciders
from .rules import WORKED_AT

KIND = MailKind.DECISION_DUE
DECIDERS = frozenset({Audience.SUPERVISING_LEADER.value})


def ask(now: datetime) -> int:
    """Queue today's mails; how many. Safe to run at any time."""
    days = calendar()
    book = cache(lambda: _book(undecided(), *days_around(now), days))
    return asking.ask(KIND, lambda day, readers: _letters(book(), day, readers, now), days, now)


def renewed(mails: Sequence[OutgoingMail], moment: datetime) -> Mapping[Any, OutgoingMail | None]:
    """Just before these leave: each as it would be written now, None when all was decided meanwhile."""
    book = _book(undecided(), *days_around(moment), calendar())
    return asking.renewed(mails, moment, lambda day, readers: _letters(book, day, readers, moment))


def coming(first: date, last: date, *, now: datetime, rows: QuerySet[Extension] | None = None) -> list[Coming]:
    """Which decisions will be asked for on the days in [first, last], on these requests or all, if nothing changes."""
    days = calendar()
    book = _book(undecided() if rows is None else rows, first, last, days)
    return list(book.coming(asking.Rounds(KIND, days, now)))


def why(person: Person, extension: Extension, day: date) -> Why:
    """Of the decision on this request, up to `day`, as if the milestone were open all the time."""
    book = _book(Extension.objects.filter(pk=extension.pk), _since(extension), day, calendar())
    return book.why(book.questions[0], person, KIND, extension.decided_at)


def still_open(mails: Sequence[OutgoingMail], moment: datetime) -> Mapping[Any, OutgoingMail | None]:
    """Just before these leave, each of which told of one request when it was made: None when that was decided."""
    asked = undecided().filter(milestone__in=[mail.milestone_id for mail in mails])
    waiting = set(asked.values_list("milestone_id", "requested_at"))
    return {mail.pk: mail if (mail.milestone_id, mail.created_at) in waiting else None for mail in mails}


def undecided() -> QuerySet[Extension]:
    """The requests that wait for an answer and may still be approved, longest waiting first."""
    rows = Extension.objects.open().filter(milestone__plan__state=PlanState.ACTIVE, milestone__state__in=WORKED_AT)
    return rows.order_by("decide_by", "requested_at", "id")


def _letters(book: Book, day: date, readers: asking.Readers, now: datetime) -> Iterator[OutgoingMail]:
    for person, puts in book.put(day, readers).items():
        extensions = [one.question.what for one in puts]
        steads = {one.question.what.pk: one.stead for one in puts}
        yield catalogue.decision_due(person, extensions, day, now=now, steads=steads)


def _book(rows: QuerySet[Extension], first: date, last: date, days: Calendar) -> Book:
    """Longest waiting first."""
    steps = ladders(Anchor.DECISION_DUE)
    related = ("milestone__plan", "milestone__workstream", "milestone__accountable")
    extensions = list(rows.select_related(*related).prefetch_related("milestone__parties"))
    book = Book([_question(extension, steps) for extension in extensions], days, first, last)
    for extension in extensions:  # the unit whose leader is known, without a query
        extension.milestone.lead = book.around.units.get(extension.milestone.lead_id)
    return book


def _question(extension: Extension, steps: Ladders) -> Question:
    milestone = extension.milestone
    policies = (milestone.policy_id, milestone.workstream.policy_id, milestone.plan.policy_id)
    subject = Subject(
        accountable=milestone.accountable_id,
        lead=milestone.lead_id,
        milestone=milestone.pk,
        only=DECIDERS,
        fits=partial(_decides, extension),
        hears=partial(_hears, extension),
    )
    return Question(extension, subject, Expected(extension.decide_by, _since(extension)), steps.of(*policies))


def _decides(extension: Extension, person: Person) -> bool:
    return person.pk != extension.requested_by_id and deciders.may_decide(person, extension.milestone)


def _hears(extension: Extension, person: Person, stead: Person | None) -> bool:
    """Nobody is asked about what they asked for, or whom they stand in for; a deputy reads what that person may."""
    if extension.requested_by_id in (person.pk, stead.pk if stead is not None else person.pk):
        return False
    return access.reads_inner_matters(stead or person, extension.milestone)


def _since(extension: Extension) -> date:
    return extension.requested_at.astimezone(extension.milestone.plan.zone).date()
