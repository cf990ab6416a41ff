"""What will leave on the days to come, person by person, if nothing changes?"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from milestones.models import REMINDED_STATES, Milestone, Person, Plan, Reminder
from milestones.reminders import explain_asks, preview
from milestones.web.presenters import step_names

ASKS_SHOWN = 5
MOST, MOST_ROWS = 5000, 100_000  # milestones, and rows about them, that are played forward while somebody waits


@dataclass(frozen=True)
class Line:
    """A reminder, or what is asked for; `step` is the step that says so, in words."""

    about: Any
    step: str


@dataclass(frozen=True)
class Letters:
    """What one person gets on one day: `mails` mails with these reminders, and what is asked of them."""

    day: date
    person: Person
    reminders: list[Line]
    asks: list[Line]
    mails: int

    @property
    def asks_first(self) -> list[Line]:
        return self.asks[:ASKS_SHOWN]

    @property
    def asks_more(self) -> list[Line]:
        return self.asks[ASKS_SHOWN:]


@dataclass(frozen=True)
class ComingPage:
    """`too_many` open milestones lie in what was chosen; nothing was played forward then."""

    first: date
    last: date
    letters: list[Letters]
    reminders: int
    mails: int
    too_many: bool


def coming(now: datetime, days: int, *, plan: Plan | None, people: Sequence[Person]) -> ComingPage:
    """From tomorrow on; `people` empty means everybody. Days are those of `now`'s zone."""
    first = now.date() + timedelta(days=1)
    last = first + timedelta(days=days - 1)
    if _is_too_much(plan):
        return ComingPage(first, last, [], 0, 0, too_many=True)
    one = people[0] if len(people) == 1 else None
    found = preview.preview(first=first, last=last, now=now, plan=plan, person=one)
    asked = explain_asks.coming(first, last, now=now, person=one) if plan is None else []
    wanted = {person.pk for person in people}
    if len(wanted) > 1:
        found = [row for row in found if row.recipient.pk in wanted]
        asked = [row for row in asked if row.person.pk in wanted]
    letters = _letters(found, asked, step_names.of_codes(now.date()))
    return ComingPage(first, last, letters, len(found), sum(one.mails for one in letters), too_many=False)


def _is_too_much(plan: Plan | None) -> bool:
    """All of the milestones, and of the rows about them, are loaded."""
    rows = Milestone.objects.filter(state__in=REMINDED_STATES).order_by()
    rows = rows.filter(plan=plan) if plan is not None else rows.in_active_plans()
    if rows.values("pk")[: MOST + 1].count() > MOST:
        return True
    about = Reminder.objects.filter(milestone__in=rows.values("pk")).order_by()
    return about.values("pk")[: MOST_ROWS + 1].count() > MOST_ROWS


def _letters(found: list[preview.Coming], asked: list[explain_asks.Ask], names: Mapping[str, str]) -> list[Letters]:
    people: dict[tuple[date, uuid.UUID], Person] = {}
    rows: dict[tuple[date, uuid.UUID], list[preview.Coming]] = defaultdict(list)
    asks: dict[tuple[date, uuid.UUID], list[explain_asks.Ask]] = defaultdict(list)
    for row in found:
        people[row.day, row.recipient.pk] = row.recipient
        rows[row.day, row.recipient.pk].append(row)
    for ask in asked:
        people[ask.day, ask.person.pk] = ask.person
        asks[ask.day, ask.person.pk].append(ask)
    order = sorted(people, key=lambda key: (key[0], people[key].display_name, key[1]))
    return [_letter(key[0], people[key], rows[key], asks[key], names) for key in order]


def _letter(
    day: date, person: Person, group: list[preview.Coming], asks: list[explain_asks.Ask], names: Mapping[str, str]
) -> Letters:
    reminders, asked = ([Line(one, names.get(one.step, one.step)) for one in some] for some in (group, asks))
    return Letters(day, person, reminders, asked, preview.mails(group) + len({ask.kind for ask in asks}))
