"""Who is asked again for a decision whose time is up, and is a decision still asked for when a mail leaves?

On the last day and, while there is no answer, on each working day after it; one mail a person and day lists them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from milestones import access
from milestones.mail import asking, catalogue
from milestones.models import Extension, MailKind, OutgoingMail, Person, PlanState
from milestones.planning.calendars import calendar

from . import deciders
from .rules import WORKED_AT


def ask(now: datetime) -> int:
    """Queue today's mails; how many. Safe to run at any time."""
    return asking.ask(MailKind.DECISION_DUE, partial(_letters, now=now), calendar(), now)


def renewed(mails: Sequence[OutgoingMail], moment: datetime) -> Mapping[Any, OutgoingMail | None]:
    """Just before these leave: each as it would be written now, None when all was decided meanwhile."""
    return asking.renewed(mails, moment, partial(_letters, now=moment))


def still_open(mails: Sequence[OutgoingMail], moment: datetime) -> Mapping[Any, OutgoingMail | None]:
    """Just before these leave, each of which told of one request when it was made: None when that was decided."""
    asked = undecided().filter(milestone__in=[mail.milestone_id for mail in mails])
    waiting = set(asked.values_list("milestone_id", "requested_at"))
    return {mail.pk: mail if (mail.milestone_id, mail.created_at) in waiting else None for mail in mails}


def undecided() -> QuerySet[Extension]:
    """The requests that wait for an answer and may still be approved, longest waiting first."""
    rows = Extension.objects.open().filter(milestone__plan__state=PlanState.ACTIVE, milestone__state__in=WORKED_AT)
    return rows.select_related("milestone__plan", "milestone__lead", "milestone__accountable").order_by(
        "decide_by", "requested_at", "id"
    )


def _letters(day: date, to: Callable[[Person], bool], *, now: datetime) -> Iterator[OutgoingMail]:
    found: dict[Person, list[Extension]] = defaultdict(list)
    office = list(access.office())
    for extension in undecided().filter(decide_by__lte=day).prefetch_related("milestone__parties"):
        for person in deciders.asked(extension, lambda: office):
            if to(person) and access.reads_inner_matters(person, extension.milestone):
                found[person].append(extension)
    for person, extensions in found.items():
        yield catalogue.decision_due(person, extensions, day, now=now)
