"""Which milestones stand in a feed, and what is told of each?"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from milestones import access
from milestones.actors import Actor
from milestones.models import CalendarFeed, Milestone, Organisation, Person, PlanState, Via


@dataclass(frozen=True, slots=True)
class Entry:
    """A milestone as a calendar tells it. Nothing of its inner matters, and no person's name."""

    id: uuid.UUID
    version: int
    updated_at: datetime
    code: str
    title: str
    title_en: str
    due_on: date
    due_precision: str
    state: str
    lead: str
    plan_code: str
    plan_title: str
    plan_title_en: str
    plan_year: int


COLUMNS = {
    "lead_name": F("lead__name"),
    "lead_short": F("lead__short_name"),
    "plan_code": F("plan__code"),
    "plan_title": F("plan__title"),
    "plan_title_en": F("plan__title_en"),
    "plan_year": F("plan__year"),
}
OWN = ("id", "version", "updated_at", "code", "title", "title_en", "due_on", "due_precision", "state")


def of(feed: CalendarFeed, *, now: datetime) -> list[Entry]:
    """What the feed's person sees of it at `now`, by due day; drafts never, whoever looks."""
    ours = concerning(feed.person, timezone.localdate(now)) if feed.plan is None else feed.plan.milestones.all()
    rows: QuerySet[Milestone] = ours
    seen = access.visible(rows, feed.person).exclude(plan__state=PlanState.DRAFT)
    columns = (*OWN, *COLUMNS)
    found = seen.order_by("due_on", "code", "id").annotate(**COLUMNS).values_list(*columns)
    return [_entry(dict(zip(columns, row, strict=True))) for row in found]


def concerning(person: Person, today: date) -> QuerySet[Milestone]:
    """What the person, or whom they stand in for today, is accountable for or coordinates; what they, or the unit for
    which they speak, take part in; what they watch."""
    selves = list(Actor(person, Via.WEB, day=today).selves())
    units = Organisation.objects.filter(coordinator__in=selves).values_list("pk", flat=True)
    every = Milestone.objects
    ways = [
        *(every.filter(access.led_by_viewer(one)) for one in selves),
        every.filter(lead__in=list(units)),
        every.filter(parties__person=person),
        every.filter(parties__organisation__coordinator=person, parties__person__isnull=True),
        every.filter(watches__person=person),
    ]
    return every.filter(pk__in=_united(ways))


def _united(ways: Iterable[QuerySet[Milestone]]) -> QuerySet[Any, Any]:
    """Each way has an index of its own; of one condition with OR the database would read every milestone."""
    first, *others = [way.order_by().values("pk") for way in ways]
    return first.union(*others)


def _entry(row: dict[str, Any]) -> Entry:
    name, short = row.pop("lead_name"), row.pop("lead_short")
    return Entry(**row, lead=short or name or "")
