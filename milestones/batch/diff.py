"""In what does a row differ from what is stored?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress
from operator import attrgetter, ne
from typing import Any

import msgspec
from msgspec import UNSET

from .match import Stored
from .rows import Given, Row

PLAIN = (
    "workstream",
    "code",
    "title",
    "title_en",
    "kind",
    "stage",
    "description",
    "criterion",
    "weight",
    "accountable",
    "lead",
    "parent",
)
SAID = (*PLAIN, "due", "forecast", "source_span")
_said = attrgetter(*SAID)
_plain = attrgetter(*PLAIN)
_dates = attrgetter("due_on", "due_precision", "forecast_on", "forecast_precision")


def said(row: Row) -> dict[str, Any]:
    """Every column that the row speaks of, by its name in the row."""
    pairs = zip(SAID, _said(row), strict=True)
    return {name: value.strip() if type(value) is str else value for name, value in pairs if value is not UNSET}


def touched(row: Row, stored: Stored) -> dict[str, Any]:
    """Of what the row speaks of, that which does not stand there already."""
    given, standing = _plain(row), _plain(stored)
    found = {
        name: value
        for name, said_, have in compress(zip(PLAIN, given, standing, strict=True), map(ne, given, standing))
        if said_ is not UNSET and (value := _trimmed(said_)) != have
    }
    due_on, due_precision, forecast_on, forecast_precision = _dates(stored)
    if row.due is not UNSET and _differs(row.due, due_on, due_precision):
        found["due"] = row.due
    if row.forecast is not UNSET and _differs(row.forecast, forecast_on, forecast_precision):
        found["forecast"] = row.forecast
    if row.source_span is not UNSET and (row.source_span or (None, None)) != (stored.source_start, stored.source_end):
        found["source_span"] = row.source_span
    return found


def both(row: Row, stored: Stored) -> dict[str, dict[str, Any]]:
    """Field → what the row says and what is stored, as JSON holds it, of all in which they differ."""
    have = {name: getattr(stored, name) for name in PLAIN}
    have["due"] = _given(stored.due_on, stored.due_precision)
    have["forecast"] = _given(stored.forecast_on, stored.forecast_precision)
    have["source_span"] = None if stored.source_start is None else (stored.source_start, stored.source_end)
    pairs: Mapping[str, Any] = {name: (value, have[name]) for name, value in touched(row, stored).items()}
    plain = msgspec.to_builtins
    return {name: {"yours": plain(value), "current": plain(now)} for name, (value, now) in pairs.items()}


def _differs(given: Given | None, on: Any, precision: str | None) -> bool:
    if given is None:
        return on is not None
    return given.on != on or given.precision != precision


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _given(on: Any, precision: str | None) -> Given | None:
    return Given(on, precision) if on is not None and precision is not None else None
