"""What was reported last of each milestone, and who still owes which report on a day?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery

from milestones.models import REMINDED_STATES, Milestone, Person, Plan, StatusReport
from milestones.planning.cadence import Cadence, Period, Schedule
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar

from .rules import About

NEWEST = ("-as_of", "-id")


@dataclass(frozen=True, slots=True)
class Missing:
    """A report that is not there yet: `period` says of which days and by when; `last` is the last one that counts."""

    milestone: Milestone
    period: Period
    last: date | None


def about(milestone: Milestone, now: datetime) -> About:
    plan = milestone.plan
    return About(plan.state, milestone.state, plan.starts_on, now.astimezone(plan.zone).date())


def latest(milestones: Iterable[Any]) -> dict[Any, StatusReport]:
    """By the milestone's id: the last report that counts (submitted or accepted), of the latest day."""
    of_one = StatusReport.objects.reported().filter(milestone=OuterRef("milestone")).order_by(*NEWEST)
    rows = StatusReport.objects.reported().filter(milestone__id__any_of=list(milestones))
    newest = rows.filter(pk=Subquery(of_one.values("pk")[:1]))
    return {report.milestone_id: report for report in newest}


def last_before(milestone: Milestone, day: date, besides: Any = None) -> StatusReport | None:
    """The last report that counts as of `day` or earlier, `besides` the one that is being written."""
    rows = StatusReport.objects.reported().filter(milestone=milestone, as_of__lte=day).exclude(pk=besides)
    return rows.order_by(*NEWEST).first()


def is_newest(report: StatusReport) -> bool:
    """Whether no report that counts is of a later day."""
    later = StatusReport.objects.reported().filter(milestone=report.milestone_id, as_of__gt=report.as_of)
    return not later.exclude(pk=report.pk).exists()


def missing(day: date, *, plan: Plan | None = None, person: Person | None = None) -> list[Missing]:
    """What is to be reported on `day` and is not, soonest expected first: of the milestones still worked at in active
    plans, of those of `plan` or that `person` is accountable for only."""
    rows = expected_of().filter(**{"plan": plan} if plan else {}, **{"accountable": person} if person else {})
    return missing_of(rows, day, calendar())


def expected_of() -> QuerySet[Milestone]:
    """The milestones on which reports are a duty; what waits for its verifier is out of its owner's hands."""
    return Milestone.objects.in_active_plans().filter(state__in=REMINDED_STATES).exclude(plan__report_cadence="none")


def missing_of(rows: QuerySet[Milestone], day: date, days: Calendar) -> list[Missing]:
    last = last_days(rows)
    found = []
    for milestone in rows.select_related("plan"):
        if period := schedule(milestone, days).asked_for(last.get(milestone.pk), day):
            found.append(Missing(milestone, period, last.get(milestone.pk)))
    return sorted(found, key=lambda one: (one.period.deadline, one.milestone.due_on, one.milestone.code))


def schedule(milestone: Milestone, days: Calendar) -> Schedule:
    """When the milestone is to be reported on; its plan must be active."""
    return schedule_of(milestone.plan, milestone.due_on, milestone.created_at, days)


def schedule_of(plan: Plan, due_on: date, created_at: datetime, days: Calendar) -> Schedule:
    """The same of a milestone of which only this is at hand."""
    assert plan.activated_at is not None  # as every active plan was
    cadence = Cadence(plan.report_cadence, plan.report_day, plan.weekly_from)
    since = max(plan.activated_at, created_at).astimezone(plan.zone).date()
    return Schedule(cadence, due_on, since, days)


def last_days(rows: QuerySet[Milestone]) -> dict[Any, date]:
    """The day of the last report that counts, by milestone."""
    newest = StatusReport.objects.reported().filter(milestone__in=rows.order_by().values("pk")).order_by()
    return dict(newest.values_list("milestone").annotate(day=Max("as_of")).values_list("milestone", "day"))
