"""How far is each target, by its latest reading and no arithmetic that the figures do not carry?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from milestones.models import Bound, Reading, Target

GOAL_X = 176.0
WIDTH = 220.0
SIGNS = {Bound.AT_LEAST: "≥ ", Bound.ABOVE: "> ", Bound.AT_MOST: "≤ ", Bound.ABOUT: "≈ "}


@dataclass(frozen=True)
class Bullet:
    """The track ends at the goal; `bar` is the width of the value, which may pass it. No reading: `value` is None."""

    target: Target
    goal: str
    value: str | None
    as_of: date | None
    provisional: bool
    bar: float
    percent: int


def bullets(targets: Iterable[Target]) -> list[Bullet]:
    return [_bullet(target) for target in targets]


def with_latest(targets: QuerySet[Target]) -> QuerySet[Target]:
    """Each target with its newest reading that no later one revises, by as-of day: one query however many there are."""
    newest = Reading.objects.filter(target=OuterRef("pk"), revised_by__isnull=True).order_by("-as_of", "-id")
    return targets.annotate(
        latest_value=Subquery(newest.values("value")[:1]),
        latest_as_of=Subquery(newest.values("as_of")[:1]),
        latest_provisional=Subquery(newest.values("provisional")[:1]),
    )


def _bullet(target: Target) -> Bullet:
    value: Decimal | None = target.latest_value  # type: ignore[attr-defined]  # annotated by `with_latest`
    goal = target.value
    share = float(value / goal) if value is not None and goal else 0.0
    return Bullet(
        target=target,
        goal=_goal(target),
        value=None if value is None else figure(value, target.unit),
        as_of=target.latest_as_of,  # type: ignore[attr-defined]
        provisional=bool(target.latest_provisional),  # type: ignore[attr-defined]
        bar=round(min(WIDTH, max(0.0, share * GOAL_X)), 1),
        percent=round(share * 100),
    )


def _goal(target: Target) -> str:
    if target.bound == Bound.RANGE and target.value_max is not None:
        return f"{figure(target.value, '')}–{figure(target.value_max, target.unit)}"
    return SIGNS.get(Bound(target.bound), "") + figure(target.value, target.unit)


def figure(value: Decimal, unit: str) -> str:
    """1,000 亿元; 20%; no trailing zeros."""
    text = f"{value.normalize():,f}".replace("-", "−")
    return text + unit if unit in ("", "%") else f"{text} {unit}"
