"""How are the rows of an import shown: what stands here beside what the file says, or what is wrong in which cell?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones import wording
from milestones.changes import parts
from milestones.exchange.excel import readings_export
from milestones.exchange.excel.heading import KINDS
from milestones.models import ImportBatch, ImportRow, Kind, Plan, RowOutcome, RowStatus
from milestones.models.base import fuzzy

AT_ONCE = 100
LONGEST = 160
MARKS = {RowStatus.NEW: "＋", RowStatus.CHANGED: "→", RowStatus.CONFLICT: "▲", RowStatus.ERROR: "✕"}
DONE = (RowStatus.CHANGED, RowStatus.NEW, RowStatus.CONFLICT, RowStatus.ERROR)
ORDER = (RowStatus.ERROR, RowStatus.CONFLICT, RowStatus.CHANGED, RowStatus.NEW)


@dataclass(frozen=True)
class Cell:
    """`old` is what stands here, None of a new milestone."""

    name: str
    old: str | None
    new: str
    fuzzy: bool = False


@dataclass(frozen=True)
class Wrong:
    where: str
    name: str
    message: str


@dataclass(frozen=True)
class Line:
    number: int
    mark: str
    status: str
    label: str
    url: str
    cells: list[Cell]
    wrong: list[Wrong]
    outcome: str
    may_take: bool


@dataclass(frozen=True)
class Tab:
    status: str
    word: str
    mark: str
    count: int
    current: bool


def tabs(batch: ImportBatch, asked: str) -> list[Tab]:
    """One a status; the first with rows is shown when none is asked for."""
    counts = {
        RowStatus.ERROR: batch.errors,
        RowStatus.CONFLICT: batch.conflicts,
        RowStatus.CHANGED: batch.changed,
        RowStatus.NEW: batch.new,
    }
    order = DONE if batch.applied_at else ORDER
    shown = asked if asked in RowStatus.values else next((str(one) for one in order if counts[one]), str(order[0]))
    return [Tab(str(one), str(one.label), MARKS[one], counts[one], str(one) == shown) for one in ORDER]


def page(batch: ImportBatch, status: str, number: str) -> Page[ImportRow]:
    return Paginator(batch.rows.filter(status=status).order_by("number"), AT_ONCE).get_page(number)


def lines(rows: Any, batch: ImportBatch) -> list[Line]:
    years = _years(rows)
    return [_line(row, batch, years.get(_plan(row))) for row in rows]


def _plan(row: ImportRow) -> str:
    """Its code stands first in the label, before the milestone's or the title."""
    return row.label.replace("/", " ", 1).partition(" ")[0]


def _years(rows: Any) -> Mapping[str, int]:
    codes = {_plan(row) for row in rows}
    return dict(Plan.objects.filter(code__in=codes).values_list("code", "year"))


def _line(row: ImportRow, batch: ImportBatch, year: int | None) -> Line:
    status = RowStatus(row.status)
    url = _url(row)
    return Line(
        row.number,
        MARKS[status],
        str(status.label),
        row.label,
        url if row.outcome != RowOutcome.UNDONE or status != RowStatus.NEW else "",
        list(_cells(row, batch.table, year)),
        [_wrong(error, batch.table) for error in row.errors],
        str(RowOutcome(row.outcome).label) if batch.applied_at else "",
        status == RowStatus.CONFLICT and not batch.applied_at,
    )


def _url(row: ImportRow) -> str:
    if target := row.values.get("target"):
        return reverse("admin:milestones_target_change", args=[target])
    return reverse("admin:milestones_milestone_change", args=[row.milestone_id]) if row.milestone_id else ""


def _cells(row: ImportRow, table: str, year: int | None) -> Iterator[Cell]:
    is_new = row.status == RowStatus.NEW
    for name, (old, new) in row.changes.items():
        given = isinstance(new, dict) and new.get("precision") != "day"
        yield Cell(heading(name, table), None if is_new else said(name, old, year), said(name, new, year), given)


def heading(name: str, table: str) -> str:
    if name == "parties":
        return str(parts.LABELS["parties"])
    columns = KINDS[table].by_name
    return columns[name].heading(get_language() or "en") if name in columns else name


def columns(batch: ImportBatch, *, only_read: bool) -> list[str]:
    """The headings that the file has, of columns that are imported or not."""
    known = KINDS[batch.table].by_name
    return [heading(name, batch.table) for name in batch.found.get("names", []) if known[name].only_read == only_read]


def said(name: str, value: Any, year: int | None) -> str:
    """A value as it is kept in a row, in words."""
    if name == "parties":
        return (
            "; ".join(parts.party(one["role"], one["organisation"], one["person"] or "") for one in value or ()) or "—"
        )
    if name == "provisional" and value is not None:
        return readings_export.said(value)
    if value in (None, ""):
        return "—"
    if name in ("due", "forecast"):
        found = fuzzy(date.fromisoformat(value["on"]), value["precision"])
        assert found is not None
        return wording.period(found, year=year)
    if name == "kind":
        return str(Kind(value).label)
    return Truncator(str(value)).chars(LONGEST)


def _wrong(error: Mapping[str, str], table: str) -> Wrong:
    name = error["name"]
    return Wrong(error["cell"], heading(name, table) if name else _("row"), error["message"])
