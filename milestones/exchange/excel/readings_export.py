"""What does a row of cells say of each target and its newest reading?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from milestones.models import Health, Reading, Target
from milestones.targets import queries, wording

from . import dates, separated, workbook
from .reading_columns import READINGS
from .stored import Cell

STATES = {True: "provisional", False: "final"}


def write(file: Path, targets: QuerySet[Target], *, now: datetime, language: str, ending: str = "xlsx") -> int:
    """How many rows were written, in the order of `targets`."""
    rows = _rows(targets, now)
    if ending == "csv":
        return separated.write(file, rows, READINGS, language)
    return workbook.write(file, rows, READINGS, {"provisional": [(said(True), ""), (said(False), "")]}, language)


def name(today: date, ending: str) -> str:
    return f"{_('Readings')}-{today.isoformat()}.{ending}"


def said(provisional: bool) -> str:
    return _("provisional") if provisional else _("final")


def _rows(targets: QuerySet[Target], now: datetime) -> Iterator[list[Cell]]:
    """Targets are tens or hundreds: all of them at once."""
    found = list(targets.select_related("plan", "workstream", "lead"))
    paces, newest = queries.paces_at(found, now), _newest(found)
    for target in found:
        values = _values(target, paces[target.pk], newest.get(target.pk))
        yield [values.get(column.name) for column in READINGS.columns]


def _newest(targets: Iterable[Target]) -> Mapping[Any, Reading]:
    """Of the last day, as `recording` knows which of several counts."""
    ids = [target.pk for target in targets]
    rows = Reading.objects.filter(target__id__any_of=ids, revised_by__isnull=True)
    return {row.target_id: row for row in rows.order_by("as_of", "-provisional", "id")}


def _values(target: Target, pace: Any, reading: Reading | None) -> dict[str, Cell]:
    values: dict[str, Any] = {
        "plan": target.plan.code,
        "code": target.code,
        "name": target.name,
        "workstream": target.workstream.code if target.workstream else None,
        "lead": target.lead.code if target.lead else None,
        "goal": wording.goal(target),
        "unit": target.unit,
        "attainment": wording.attainment(pace) or None,
        "health": str(Health(pace.health).label) if pace.health else None,
    }
    if reading is not None:
        values |= {
            "id": str(reading.pk),
            "as_of": reading.as_of if reading.as_of >= dates.FIRST_IN_EXCEL else reading.as_of.isoformat(),
            "value": number(reading.value),
            "source": reading.source,
            "provisional": said(reading.provisional),
        }
    return values


def number(value: Decimal) -> int | float:
    """Readings have no more digits than Excel keeps."""
    return int(value) if value == int(value) else float(value)
