"""What will be sent in the days to come, if nothing changes?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from milestones.models import REMINDED_STATES, Milestone, Person, Plan
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar

from . import loading, rules
from .decisions import Look, Row, is_mutable
from .recipients import Recipient, deputies
from .rules import Occurrence


@dataclass(frozen=True, slots=True)
class Coming:
    """One reminder to come; `day` is the day of the plan on which its mail leaves."""

    day: date
    recipient: Person
    milestone: Milestone
    step: str
    occurrence: int


def preview(
    *, first: date, last: date, now: datetime, plan: Plan | None = None, person: Person | None = None
) -> list[Coming]:
    """What leaves on the days [first, last], by day, recipient and milestone; a draft `plan` as if activated now."""
    open_ones = Milestone.objects.filter(state__in=REMINDED_STATES).order_by("pk")
    open_ones = open_ones.filter(plan=plan) if plan is not None else open_ones.in_active_plans()
    days, around = calendar(), loading.surroundings()
    found = []
    for look in loading.looks(open_ones, around, first):
        began = replace(look, plan_is_active=True, since=now) if plan is not None and plan.is_draft else look
        found += [(o, recipient, look) for o, recipient in _coming(began, days, first, last, person)]
    known = _known([look.id for _o, _r, look in found])
    return _resolved([(o, r, look) for o, r, look in found if (look.id, r, look.due_version, *o.key) not in known])


def mails(coming: Iterable[Coming]) -> int:
    """How many digests carry them: one a person and day."""
    return len({(c.day, c.recipient.pk) for c in coming})


def _coming(
    look: Look, days: Calendar, first: date, last: date, person: Person | None
) -> Iterator[tuple[Occurrence, Any]]:
    """Of several steps on one day for one recipient only the one that is sent."""
    for recipient, begin, end in _turns(look, first, last):
        if recipient.left or (person is not None and recipient.reader.id != person.pk):
            continue
        start = max(begin, _since(look, recipient))
        of_day: dict[date, Occurrence] = {}
        for occurrence in rules.occurrences(look.deadline, look.steps, days, start, end):
            of_day[occurrence.day] = occurrence
        for occurrence in of_day.values():
            if not (recipient.reader.muted and is_mutable(occurrence.step.anchor)):
                yield occurrence, recipient.reader.id


def _turns(look: Look, first: date, last: date) -> Iterator[tuple[Recipient, date, date]]:
    """Who is reminded, and between which days: a deputy as long as somebody is away."""
    for recipient in look.recipients:
        yield recipient, first, last
    for one in look.standing:
        for deputy in deputies([one], look.recipients, one.first, look.zone):
            yield deputy, max(first, one.first), min(last, one.last)


def _since(look: Look, recipient: Recipient) -> date:
    since = look.since if recipient.since is None else max(look.since, recipient.since)
    return since.astimezone(look.zone).date()


def _known(milestones: list[Any]) -> set[tuple[Any, ...]]:
    """What the ledger has already: a step is sent once."""
    found = loading.ledger(set(milestones)) if milestones else {}
    return {
        (milestone, row.recipient, row.due_version, row.step, row.number)
        for milestone, rows in found.items()
        for row in rows
        if not _is_waiting(row)
    }


def _is_waiting(row: Row) -> bool:
    return row.state == "planned"


def _resolved(found: list[tuple[Occurrence, Any, Look]]) -> list[Coming]:
    people = Person.objects.in_bulk({person for _o, person, _look in found})
    milestones = Milestone.objects.select_related("plan").in_bulk({look.id for _o, _r, look in found})
    coming = [Coming(o.day, people[person], milestones[look.id], o.step.code, o.number) for o, person, look in found]
    return sorted(coming, key=lambda c: (c.day, c.recipient.display_name, c.milestone.due_on, c.milestone.code))


def days_from(now: datetime, plan: Plan, count: int) -> tuple[date, date]:
    """Today and the last of `count` days, of the plan."""
    today = now.astimezone(plan.zone).date()
    return today, today + timedelta(days=count - 1)


def end_of(day: date, plan: Plan) -> datetime:
    """23:59 of that day of the plan: the moment an as-of sweep stands for."""
    return datetime.combine(day, time(23, 59), plan.zone)
