"""What has happened so far in a demonstration plan? The same invented year for every plan, told up to today.

Days, statements and figures are examples and say so; they are nobody's statistics.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from milestones.actors import Actor
from milestones.models import Bound, Measure, Milestone, Person, Plan, Target, Via
from milestones.planning import lifecycle
from milestones.targets import operations as targets
from milestones.workdays import Calendar, FuzzyDate
from milestones.workdays.periods import quarter_ends

EXAMPLE = "演示数据，非实际情况"


class Chapter(NamedTuple):
    """One milestone's year: (month, day) of its start and, if it gets so far, of its completion."""

    code: str
    started: tuple[int, int]
    done: tuple[int, int] | None = None


STORY = (
    Chapter("REF-02", (2, 6), (3, 20)),
    Chapter("TRD-03", (2, 13), (4, 18)),
    Chapter("YSB-07", (3, 6), (5, 26)),
    Chapter("FIN-02", (2, 20), (6, 8)),
    Chapter("IND-01", (3, 1), (6, 28)),
    Chapter("INN-04", (2, 27), (8, 25)),
    Chapter("FIN-01", (3, 13)),
    Chapter("INN-02", (4, 3)),
    Chapter("YSB-01", (4, 10)),
    Chapter("CTY-04", (5, 8)),
)
# By then this much of the year's growth and of its cumulative figures has been reached.
ATTAINED = {3: Decimal("0.20"), 6: Decimal("0.46"), 9: Decimal("0.74"), 12: Decimal("1.03")}
GROWTH = {3: Decimal("0.82"), 6: Decimal("0.91"), 9: Decimal("0.96"), 12: Decimal("1.02")}


def tell(plan: Plan, *, until: datetime, office: Person, calendar: Calendar) -> None:
    """Start, submit, verify and read what happened before `until`, each on its day; `plan` is active."""
    verifier = Actor(person=office, via=Via.SYSTEM)
    held = {found.code: found for found in plan.milestones.select_related("plan", "accountable")}
    for chapter in STORY:
        _tell_one(held[chapter.code], chapter, plan, until, verifier, calendar)
    for target in plan.targets.select_related("plan"):
        _read(target, plan, until, verifier, calendar)


def _tell_one(
    milestone: Milestone, chapter: Chapter, plan: Plan, until: datetime, verifier: Actor, calendar: Calendar
) -> None:
    started = _morning(calendar.on_or_after(date(plan.year, *chapter.started)), plan)
    if started > until:
        return
    lifecycle.start(milestone, actor=verifier, now=started)
    if chapter.done is None or milestone.accountable is None:
        return
    actual = calendar.on_or_before(date(plan.year, *chapter.done))
    submitted, verified = (_morning(calendar.add(actual, n), plan) for n in (1, 2))
    if verified > until:
        return
    lifecycle.submit(
        milestone,
        actual=FuzzyDate(actual),
        statement=EXAMPLE,
        evidence=[(EXAMPLE, f"https://demo.lingang.example/{plan.code}/{milestone.code}")],
        actor=Actor(person=milestone.accountable, via=Via.SYSTEM),
        now=submitted,
    )
    lifecycle.verify(milestone, actor=verifier, now=verified)


def _read(target: Target, plan: Plan, until: datetime, actor: Actor, calendar: Calendar) -> None:
    for end in quarter_ends(plan.starts_on - timedelta(days=1), plan.ends_on):
        read_on = _morning(calendar.add(end, 8), plan)
        if read_on <= until:
            value = _reached(target, end.month)
            targets.record_reading(
                target, as_of=end, value=value, source=EXAMPLE, provisional=end.month < 12, actor=actor, now=read_on
            )


def _reached(target: Target, month: int) -> Decimal:
    """An example figure, in the target's unit: whole for things that are counted."""
    share = ATTAINED[month] if target.measure == Measure.CUMULATIVE else GROWTH[month]
    goal = target.value_max if target.bound == Bound.RANGE and target.value_max else target.value
    places = Decimal(1) if target.unit in ("个", "家") else Decimal("0.1")
    return (goal * share).quantize(places)


def _morning(day: date, plan: Plan) -> datetime:
    return datetime.combine(day, time(10), tzinfo=plan.zone)
