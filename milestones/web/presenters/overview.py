"""How does a plan stand: what is done against the time gone, what is late, what comes next, what changed?

The sums come from a few grouped queries, single milestones only where they are shown: a plan of any size takes as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.safestring import SafeString

from milestones import access
from milestones.models import OPEN_STATES, Notice, NoticeLevel, Person, Plan, Target
from milestones.planning import slips, tally
from milestones.planning.facts import Window
from milestones.planning.tally import Tally
from milestones.web import day as days
from milestones.web.moment import Moment
from milestones.web.places import rows
from milestones.web.presenters.bullets import Bullet, bullets
from milestones.web.presenters.curve import Curve, curve
from milestones.web.presenters.lines import Line, lines
from milestones.web.presenters.news import News, news
from milestones.web.presenters.slips import LOOKED_AT, Slip, worst_slips
from milestones.web.presenters.standing import Count, Standing, all_of, counts, settled, standing, unassigned, verdict
from milestones.web.presenters.streams import Stream, stream_bars
from milestones.workdays import Calendar

NEXT_DAYS = 30
NEXT_SHOWN = 10


@dataclass(frozen=True)
class Overview:
    """`next` are milestones with the working days left to each; `next_url` leads to all of them."""

    plan: Plan
    year: int
    total: int
    all_url: str
    verdict: list[SafeString]
    standing: Standing
    settled: SafeString
    counts: list[Count]
    unassigned: Count
    streams: list[Stream]
    curve: Curve | None
    targets: list[Bullet]
    next: list[tuple[Line, int]]
    next_total: int
    next_url: str
    slips: list[Slip]
    slips_url: str
    changes: list[News]


def overview(plan: Plan, viewer: Person, at: Moment) -> Overview:
    today = at.today(plan.zone)
    sums, coming, late = tally.kept(plan, today, _summed)
    until = today + timedelta(days=NEXT_DAYS)
    shown = lines({*coming, *late}, Window.of(today, at.calendar))
    where = standing(sums, days.elapsed(today, plan.starts_on, plan.ends_on))
    return Overview(
        plan=plan,
        year=plan.year,
        total=sums.total,
        all_url=all_of(plan),
        verdict=verdict(plan, sums, where, _red_notices(plan, viewer)),
        standing=where,
        settled=settled(plan, sums),
        counts=counts(plan, sums),
        unassigned=unassigned(plan, sums),
        streams=stream_bars(plan, sums),
        curve=_curve(plan, sums, today),
        targets=bullets(_targets(plan), today),
        next=[(shown[pk], _left(shown[pk], today, at.calendar)) for pk in coming if pk in shown],
        next_total=sums.open_between(today, until),
        next_url=rows(plan=plan.code, state="open", due_from=today, due_to=until, order="due"),
        slips=worst_slips((shown[pk] for pk in late if pk in shown), today, at.calendar, plan.ends_on),
        slips_url=rows(plan=plan.code, order="-slip"),
        changes=news(plan, viewer),
    )


def _summed(plan: Plan, today: date) -> tuple[Tally, list[Any], set[Any]]:
    """The sums, the ids of the next open ones, soonest first, and of those that may have slipped furthest."""
    until = today + timedelta(days=NEXT_DAYS)
    found = plan.milestones.filter(state__in=OPEN_STATES, due_on__gte=today, due_on__lte=until)
    coming = found.order_by("due_on", "code").values_list("pk", flat=True)[:NEXT_SHOWN]
    return tally.tally(plan, today), list(coming), slips.worst(plan, today, LOOKED_AT)


def _left(line: Line, today: date, calendar: Calendar) -> int:
    return max(0, calendar.count(today, calendar.on_or_before(line.due.on)))


def _targets(plan: Plan) -> list[Target]:
    """With their plan, which is at hand."""
    found = list(plan.targets.order_by("workstream__position", "code"))
    for target in found:
        target.plan = plan
    return found


def _curve(plan: Plan, sums: Tally, today: date) -> Curve | None:
    due = [(day.on, day.weight) for day in sums.due]
    return curve(due, sums.reached, sums.expected, first=plan.starts_on, last=plan.ends_on, today=today)


def _red_notices(plan: Plan, viewer: Person) -> int:
    """Those of the plan that wait for an answer, as far as the reader may know."""
    found = Notice.objects.open().filter(milestone__plan=plan, level=NoticeLevel.RED)
    return access.visible(found, viewer).count()
