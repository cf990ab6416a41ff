"""Which eight milestones of the current plan show today what an overdue, a due and a coming deadline look like?

Days before and after today are working days, so that the steps of the default ladder (1, 3, 7, 14 working days before)
fall on today when today is one. "Today" and "yesterday" are calendar days: on a day off their working deadline is the
last working day before, as for any promise that ends on a day off.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from milestones.actors import Actor
from milestones.models import Plan
from milestones.planning import operations as milestones
from milestones.workdays import Calendar, FuzzyDate

MARK, MARK_EN = "（演示）", " (demonstration)"

NEARBY: dict[str, Callable[[Calendar, date], date]] = {
    "INN-05": lambda calendar, today: calendar.subtract(today, 10),
    "YSB-06": lambda calendar, today: calendar.subtract(today, 5),
    "FIN-09": lambda _calendar, today: today - timedelta(days=1),
    "FIN-08": lambda _calendar, today: today,
    "FIN-07": lambda calendar, today: calendar.add(today, 1),
    "TRD-04": lambda calendar, today: calendar.add(today, 3),
    "REF-04": lambda calendar, today: calendar.add(today, 7),
    "CTY-02": lambda calendar, today: calendar.add(today, 14),
}


def bring_near(plan: Plan, today: date, *, calendar: Calendar, actor: Actor, now: datetime) -> None:
    """Give the eight a due day around `today` and mark their titles; `plan` is still a draft, so baselines follow."""
    for milestone in plan.milestones.select_related("plan").filter(code__in=NEARBY):
        values = {
            "title": milestone.title + MARK,
            "title_en": milestone.title_en + MARK_EN,
            "due": FuzzyDate(NEARBY[milestone.code](calendar, today)),
        }
        milestones.change(milestone, values, actor=actor, now=now)
