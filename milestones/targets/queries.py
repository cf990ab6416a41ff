"""What is the pace of one target, or of a plan's, with one query for all their readings?"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from milestones.models import Reading, Target

from .figures import Figure, Promise
from .pace import Pace
from .pace import pace as pace_of

COLUMNS = ("target_id", "id", "as_of", "value", "provisional", "revises_id")


def pace(target: Target, on: date) -> Pace:
    return paces([target], on)[target.pk]


def paces(targets: Iterable[Target], on: date) -> dict[uuid.UUID, Pace]:
    """The pace of each on the day `on`, by id: one query, when the targets were loaded with their plans."""
    return _paces(targets, lambda _target: on)


def paces_at(targets: Iterable[Target], now: datetime) -> dict[uuid.UUID, Pace]:
    """As `paces`, on the day that it is now in each one's plan."""
    return _paces(targets, lambda target: timezone.localdate(now, target.plan.zone))


def promise(target: Target) -> Promise:
    """The target as the rules see it."""
    return Promise(
        measure=target.measure,
        bound=target.bound,
        value=target.value,
        value_max=target.value_max,
        first=target.plan.starts_on,
        last=target.plan.ends_on,
        tolerance=Decimal(target.plan.tolerance),
    )


def figures(target_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Figure]]:
    """All readings of the targets, revised ones included."""
    found: dict[uuid.UUID, list[Figure]] = defaultdict(list)
    rows = Reading.objects.filter(target__id__any_of=list(target_ids)).order_by().values_list(*COLUMNS)
    for target, pk, as_of, value, provisional, revises in rows:
        found[target].append(Figure(pk, as_of, value, provisional, revises))
    return found


def _paces(targets: Iterable[Target], day: Callable[[Target], date]) -> dict[uuid.UUID, Pace]:
    asked = list(targets)
    read = figures(target.pk for target in asked) if asked else {}
    return {target.pk: pace_of(promise(target), read.get(target.pk, []), day(target)) for target in asked}
