"""Which open milestones are this reader's: overdue, near, to be reported on, and the rest?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Max

from milestones import access
from milestones.models import OPEN_STATES, REMINDED_STATES, Milestone, Person, Plan, State, StatusReport
from milestones.planning.cadence import Period
from milestones.planning.facts import Fact, Window
from milestones.status_reports import queries
from milestones.web.moment import Moment

LOOKED_AT = 1000  # the soonest of the reader's; beyond it is only said that there are more


@dataclass(frozen=True, slots=True)
class Own:
    """One of them, as little as it takes to sort it; `report` is the period whose report is missing and near."""

    pk: Any
    fact: Fact
    due_on: date
    report: Period | None = None


@dataclass(frozen=True)
class Mine:
    """`near` are due soon, `reports` are to be reported on and neither overdue nor near, `waiting` were submitted."""

    overdue: list[Own]
    near: list[Own]
    reports: list[Own]
    rest: list[Own]
    waiting: list[Own]
    more: bool

    @property
    def open(self) -> int:
        return len(self.overdue) + len(self.near) + len(self.reports) + len(self.rest)

    @property
    def owed(self) -> int:
        """How many reports are to be filed, whatever else is to be done there."""
        return sum(1 for one in (*self.overdue, *self.near, *self.reports) if one.report)


def mine(people: Sequence[Person], besides: Person | None, plans: Mapping[Any, Plan], at: Moment) -> Mine:
    """Of what `people` look after, without what `besides` looks after too."""
    rows = Milestone.objects.filter(reduce(or_, map(access.led_by_viewer, people)), plan__in=list(plans))
    if besides is not None:
        rows = rows.exclude(access.led_by_viewer(besides))
    columns = ("pk", "plan_id", "state", "due_on", "created_at", "accountable_id")
    found = list(rows.filter(state__in=OPEN_STATES).order_by("due_on", "code").values_list(*columns)[: LOOKED_AT + 1])
    owners = {person.pk for person in people}
    owed = _owed([row[:5] for row in found if row[5] in owners], plans, at)
    own = [_own(row[:4], plans, at, owed.get(row[0])) for row in found[:LOOKED_AT]]
    active = [one for one in own if one[1] != State.SUBMITTED]
    return Mine(
        overdue=[one for one, _state in active if one.fact is Fact.OVERDUE],
        near=[one for one, _state in active if one.fact is Fact.SOON],
        reports=[one for one, _state in active if one.report and one.fact not in (Fact.OVERDUE, Fact.SOON)],
        rest=[one for one, _state in active if not one.report and one.fact not in (Fact.OVERDUE, Fact.SOON)],
        waiting=[one for one, state in own if state == State.SUBMITTED],
        more=len(found) > LOOKED_AT,
    )


def _own(row: tuple[Any, ...], plans: Mapping[Any, Plan], at: Moment, report: Period | None) -> tuple[Own, str]:
    pk, plan, state, due_on = row
    window = Window.of(at.today(plans[plan].zone), at.calendar)
    return Own(pk, window.fact(state, due_on, None), due_on, report), state


def _owed(rows: Iterable[tuple[Any, ...]], plans: Mapping[Any, Plan], at: Moment) -> dict[Any, Period]:
    """By milestone the report that is missing now and expected within the days that count as soon."""
    asked: dict[Any, Period] = {}
    for pk, plan, state, due_on, created_at in rows:
        period = _period(plans[plan], state, due_on, created_at, at)
        if period is not None:
            asked[pk] = period
    if not asked:
        return {}
    reported = StatusReport.objects.reported().filter(milestone__id__any_of=list(asked)).order_by()
    last = dict(reported.values_list("milestone").annotate(day=Max("as_of")).values_list("milestone", "day"))
    return {pk: period for pk, period in asked.items() if pk not in last or last[pk] < period.first}


def _period(plan: Plan, state: str, due_on: date, created_at: datetime, at: Moment) -> Period | None:
    """The present period, when its report is a duty and near."""
    if state not in REMINDED_STATES or plan.activated_at is None:
        return None
    today = at.today(plan.zone)
    schedule = queries.schedule_of(plan, due_on, created_at, at.calendar)
    period = schedule.asked_for(None, today)
    return period if period is not None and period.deadline <= Window.of(today, at.calendar).soon_until else None


def in_active_plans() -> dict[Any, Plan]:
    return {plan.pk: plan for plan in Plan.objects.active()}
