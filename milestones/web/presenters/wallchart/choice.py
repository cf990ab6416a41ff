"""What does the address ask the wall chart to show?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict

from milestones.models import Health, Kind, Plan
from milestones.workdays import Precision
from milestones.workdays.periods import period_end, period_start

from .axis import Zoom

FILTERS = ("workstream", "health", "lead", "kind")
ZOOMS = {zoom.value: zoom for zoom in Zoom}
PRECISION = {Zoom.QUARTER: Precision.QUARTER, Zoom.MONTH: Precision.MONTH}


@dataclass(frozen=True)
class Choice:
    """`opened`: the workstreams whose rows are asked for, None when the chart decides; `skip`: rows of an earlier
    page. A word that means nothing is passed over."""

    given: QueryDict
    zoom: Zoom
    first: date
    last: date
    workstreams: tuple[str, ...]
    healths: tuple[str, ...]
    leads: tuple[str, ...]
    kinds: tuple[str, ...]
    unfinished: bool
    opened: frozenset[str] | None
    skip: int
    by_date: bool
    dense: bool
    dependencies: bool
    as_table: bool

    @property
    def is_filtered(self) -> bool:
        return bool(self.workstreams or self.healths or self.leads or self.kinds or self.unfinished)

    def url(self, **changes: str | Iterable[str] | None) -> str:
        """The same page with some parameters changed (None: left out); another choice begins with its first rows."""
        query = self.given.copy()
        query.pop("skip", None)
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query.setlist(name, [value] if isinstance(value, str) else list(value))
        return f"?{query.urlencode()}"

    def toggled(self, name: str) -> str:
        """With a switch turned over."""
        return self.url(**{name: None if self.given.get(name) else "1"})

    def with_or_without(self, name: str, value: str) -> str:
        """With one value of a filter more, or without it."""
        values = self.given.getlist(name)
        return self.url(**{name: [one for one in values if one != value] if value in values else [*values, value]})


def choice(given: QueryDict, plan: Plan, today: date) -> Choice:
    zoom = ZOOMS.get(given.get("zoom", ""), Zoom.YEAR)
    first, last = _window(zoom, given.get("from", ""), plan, today)
    return Choice(
        given=given,
        zoom=zoom,
        first=first,
        last=last,
        workstreams=_words(given, "workstream"),
        healths=tuple(word for word in _words(given, "health") if word in Health.values),
        leads=_words(given, "lead"),
        kinds=tuple(word for word in _words(given, "kind") if word in Kind.values),
        unfinished=bool(given.get("unfinished")),
        opened=frozenset(given.getlist("open")) if "open" in given else None,
        skip=_number(given.get("skip", "")),
        by_date=given.get("order") == "due",
        dense=bool(given.get("dense")),
        dependencies=bool(given.get("dependencies")),
        as_table=given.get("as") == "table",
    )


def _number(text: str) -> int:
    return int(text) if len(text) <= 6 and text.isascii() and text.isdigit() else 0


def _words(given: QueryDict, name: str) -> tuple[str, ...]:
    return tuple(word for word in given.getlist(name) if word)


def _window(zoom: Zoom, start: str, plan: Plan, today: date) -> tuple[date, date]:
    """Whole months. A year is the plan's own time; else the period that holds `start` (2023-07), today, or the end of
    the plan nearest to today."""
    whole = period_start(plan.starts_on, Precision.MONTH), period_end(plan.ends_on, Precision.MONTH)
    if zoom is Zoom.YEAR:
        return whole
    asked = _month(start) or today
    inside = min(max(asked, whole[0]), whole[1])
    return period_start(inside, PRECISION[zoom]), period_end(inside, PRECISION[zoom])


def _month(start: str) -> date | None:
    try:
        return date.fromisoformat(f"{start}-01")
    except ValueError:
        return None


def neighbours(chosen: Choice, plan: Plan) -> tuple[date | None, date | None]:
    """A day of the period before and of the one after, as far as the plan has them."""
    before, after = chosen.first - timedelta(days=1), chosen.last + timedelta(days=1)
    return (before if before >= plan.starts_on else None), (after if after <= plan.ends_on else None)
