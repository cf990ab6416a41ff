"""Which plans may this reader see, and how far is each?"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from milestones import access
from milestones.models import OPEN_STATES, Person, Plan, State
from milestones.web.moment import Moment


@dataclass(frozen=True)
class PlanLine:
    plan: Plan
    total: int
    done: int
    overdue: int


def plan_lines(viewer: Person, at: Moment) -> list[PlanLine]:
    today = at.today()
    found = access.visible(Plan.objects.current_first(), viewer).annotate(
        total=Count("milestones", filter=~Q(milestones__state=State.CANCELLED)),
        done=Count("milestones", filter=Q(milestones__state=State.COMPLETED)),
        overdue=Count("milestones", filter=Q(milestones__state__in=OPEN_STATES, milestones__due_on__lt=today)),
    )
    return [PlanLine(plan, plan.total, plan.done, plan.overdue) for plan in found]
