"""How far is each target against its pace and its goal, drawn as a bullet?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from milestones.models import Target
from milestones.targets import queries, wording
from milestones.targets.pace import Pace
from milestones.targets.wording import figure

__all__ = ["Bullet", "bullet", "bullets", "figure"]

GOAL_X = 176.0
WIDTH = 220.0


@dataclass(frozen=True)
class Bullet:
    """The track ends at the goal; `bar` is the width of the value, which may pass it. No reading: `value` is None.

    `mark` is where the pace of the reading's own day lies, None when nothing is known of it. `health` is a code with
    its `word`; both are empty when nothing can be said.
    """

    target: Target
    goal: str
    value: str | None
    as_of: date | None
    provisional: bool
    bar: float
    mark: float | None
    percent: int | None
    health: str
    word: str
    reason: str


def bullets(targets: Iterable[Target], on: date) -> list[Bullet]:
    """One query for all their readings."""
    rows = list(targets)
    paces = queries.paces(rows, on)
    return [bullet(target, paces[target.pk]) for target in rows]


def bullet(target: Target, pace: Pace) -> Bullet:
    return Bullet(
        target=target,
        goal=wording.goal(target),
        value=None if pace.value is None else figure(pace.value, target.unit),
        as_of=pace.as_of,
        provisional=pace.provisional,
        bar=_width(pace.attainment) or 0.0,
        mark=_width(_part(pace)),
        percent=None if pace.attainment is None else round(pace.attainment * 100),
        health=pace.health or "",
        word=wording.health(pace),
        reason=wording.reason(pace, target),
    )


def _part(pace: Pace) -> Decimal | None:
    """The expected value in goals, by the same measure as the attainment."""
    if not pace.attainment or pace.expected_then is None or not pace.value:
        return None
    return pace.expected_then * pace.attainment / pace.value


def _width(goals: Decimal | None) -> float | None:
    return None if goals is None else round(min(WIDTH, max(0.0, float(goals) * GOAL_X)), 1)
