"""Which file does somebody get who exports milestones, and what is it called?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from milestones import access
from milestones.actors import Actor
from milestones.models import Kind, Milestone, Organisation, Person, Workstream

from . import separated, stored, workbook
from .columns import MILESTONES
from .stored import Cell

FORMATS = ("xlsx", "csv")
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def write(
    file: Path,
    milestones: QuerySet[Milestone],
    *,
    viewer: Actor | Person,
    language: str,
    ending: str = "xlsx",
    step: Callable[[int], None] | None = None,
) -> int:
    """How many rows were written, in the order of `milestones`; `step` is told of each hundred."""
    person = viewer.person if isinstance(viewer, Actor) else viewer
    addresses = person is not None and access.is_office(person)  # who imports needs them; others know people by name
    rows = _told(stored.cells(milestones, language, addresses=addresses), step)
    if ending == "csv":
        return separated.write(file, rows, MILESTONES, language)
    return workbook.write(file, rows, MILESTONES, choices(milestones, viewer), language)


def choices(milestones: QuerySet[Milestone], viewer: Actor | Person) -> workbook.Choices:
    """The workstreams of their plans, and the organisations that are active."""
    found = milestones.values_list("plan", flat=True)
    plans = set(found) if found.query.is_sliced else found.order_by().distinct()
    streams = access.visible(Workstream.objects.filter(plan__in=plans), viewer).order_by()
    units = access.visible(Organisation.objects.filter(is_active=True), viewer).order_by()
    return {
        "kind": [(str(kind.label), "") for kind in Kind],
        "workstream": sorted(set(streams.values_list("code", "title"))),
        "lead": sorted(units.values_list("code", "name")),
    }


def name(today: date, ending: str) -> str:
    return f"{_('Milestones')}-{today.isoformat()}.{ending}"


def _told(rows: Iterable[list[Cell]], step: Callable[[int], None] | None) -> Iterator[list[Cell]]:
    for number, row in enumerate(rows, 1):
        yield row
        if step and number % 100 == 0:
            step(100)
