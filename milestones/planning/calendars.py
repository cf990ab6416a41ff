"""Which calendar does this installation count with? The published one under the office's overrides."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from milestones.models import DayOverride
from milestones.models.prepared import Prepared
from milestones.workdays.calendar import Calendar

_OVERRIDES = Prepared(lambda: DayOverride.objects.order_by("day").values_list("day", "is_working"))


def calendar() -> Calendar:
    """The calendar as of now: one small query; the years worked out are kept as long as no override changes."""
    return _made(tuple(_OVERRIDES.all()))


@lru_cache(maxsize=8)
def _made(overrides: tuple[tuple[date, bool], ...]) -> Calendar:
    return Calendar(dict(overrides))
