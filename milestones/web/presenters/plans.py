"""Which plans may this reader see, and how far is each?"""

from __future__ import annotations

from dataclasses import dataclass

from milestones import access
from milestones.models import Person, Plan, State
from milestones.planning import tally
from milestones.web import day as days
from milestones.web.moment import Moment
from milestones.web.places import rows
from milestones.web.presenters.standing import all_of, standing


@dataclass(frozen=True)
class PlanLine:
    """`progress` and `elapsed` in per cent; empty for a draft. Only an active plan has overdue milestones."""

    plan: Plan
    total: int
    done: int
    overdue: int
    progress: str
    elapsed: str
    all_url: str
    overdue_url: str


def plan_lines(viewer: Person, at: Moment) -> list[PlanLine]:
    return [_line(plan, at) for plan in access.visible(Plan.objects.current_first(), viewer)]


def running(viewer: Person, at: Moment) -> list[PlanLine]:
    """The active ones: what somebody who owns nothing wants to hear of."""
    return [_line(plan, at) for plan in access.visible(Plan.objects.active().current_first(), viewer)]


def _line(plan: Plan, at: Moment) -> PlanLine:
    """A few queries a plan; there is one a year."""
    today = at.today(plan.zone)
    sums = tally.kept(plan, today, tally.tally)
    where = standing(sums, days.elapsed(today, plan.starts_on, plan.ends_on))
    return PlanLine(
        plan=plan,
        total=sums.total,
        done=sums.number(state=State.COMPLETED),
        overdue=sums.overdue if plan.is_active else 0,
        progress="" if plan.is_draft else f"{where.progress:.0f}",
        elapsed=f"{where.elapsed:.0f}",
        all_url=all_of(plan),
        overdue_url=rows(plan=plan.code, show="overdue"),
    )
