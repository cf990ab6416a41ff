"""Which rows stand on this page, and where do the next and the previous one begin?

A page begins after a row's values, never after a number of rows: what is inserted meanwhile moves nobody's page, and
the hundredth costs what the first does. Of several plans each gives its own first rows, read from an index of that
plan, and the database picks from those.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from milestones.models import Plan
from milestones.models.milestones import MilestoneQuerySet

from .orders import Key, keys
from .query import Query
from .selecting import Viewer, plans, within

SIZE = 25


@dataclass(frozen=True)
class Page:
    """The ids of the rows in their order; `next` and `previous` are cursors, empty where there is nothing."""

    ids: list[Any]
    next: str = ""
    previous: str = ""


@dataclass(frozen=True)
class _Place:
    """Between two rows: after (or before) the row with these values."""

    values: tuple[Any, ...]
    back: bool = False


def page(viewer: Viewer, query: Query, today: date, *, size: int = SIZE, among: Sequence[Plan] | None = None) -> Page:
    """A cursor that cannot be read means the first page. `among` are the plans of the query, when they are known."""
    order = keys(query.order, today)
    place = _place(query.cursor, order)
    among = plans(viewer, query) if among is None else among
    found = _rows(within(viewer, query, today, among), among, order, place, size + 1)
    more, found = len(found) > size, found[:size]
    if place is not None and place.back:
        found.reverse()
        return _made(found, has_next=True, has_previous=more)
    return _made(found, has_next=more, has_previous=place is not None)


def _made(found: list[tuple[Any, ...]], *, has_next: bool, has_previous: bool) -> Page:
    """Each of `found` is (pk, values…)."""
    return Page(
        [pk for pk, *_values in found],
        cursor(found[-1][1:], "after") if found and has_next else "",
        cursor(found[0][1:], "before") if found and has_previous else "",
    )


def _rows(
    rows: MilestoneQuerySet, among: Sequence[Plan], order: Sequence[Key], place: _Place | None, size: int
) -> list[tuple[Any, ...]]:
    back = place is not None and place.back
    rows = rows.alias(**{key.name: key.expression for key in order})
    by = [f"{'-' if key.descending != back else ''}{key.name}" for key in order]
    ordered = rows.order_by(*by)
    if place is not None:
        ordered = ordered.filter(_beyond(order, place))
    names = ["pk", *(key.name for key in order)]
    shown = [one for plan in among for one in _of_one(ordered.filter(plan=plan), order, names)[:size]]
    if len(among) < 2:
        return shown
    again = rows.filter(pk__any_of=[pk for pk, *_values in shown]).order_by(*by)
    return list(_of_one(again, order, names)[:size])


def _of_one(rows: MilestoneQuerySet, order: Sequence[Key], names: Sequence[str]) -> Any:
    return rows.annotate(**{key.name: key.expression for key in order}).values_list(*names)


def _beyond(order: Sequence[Key], place: _Place) -> Q:
    """The rows after the place, in the order of the page: by the first value that differs."""
    found, alike = Q(pk__in=()), Q()
    for key, value in zip(order, place.values, strict=True):
        down = key.descending != place.back
        found |= alike & Q(**{f"{key.name}__{'lt' if down else 'gt'}": value})
        alike &= Q(**{key.name: value})
    first, down = order[0], order[0].descending != place.back
    return Q(**{f"{first.name}__{'lte' if down else 'gte'}": place.values[0]}) & found


def cursor(values: Sequence[Any], way: str = "after") -> str:
    told = [way, *(value if isinstance(value, int) else str(value) for value in values)]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str, order: Sequence[Key]) -> _Place | None:
    if not cursor:
        return None
    try:
        way, *told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = tuple(key.read(value) for key, value in zip(order, told, strict=True))
    except (ValueError, TypeError, binascii.Error):
        return None
    return _Place(values, back=way == "before")
