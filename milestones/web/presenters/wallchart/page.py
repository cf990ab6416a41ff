"""What stands on the wall chart of a plan?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from milestones import access
from milestones.models import Dependency, Milestone, Person, Plan, State, Workstream
from milestones.web.moment import Moment

from .axis import Axis, Zoom, axis
from .choice import Choice, choice
from .controls import Controls, controls
from .lanes import Lane, lane
from .links import Link, Piece, pieces
from .rows import COLUMNS, Reading, Row, chosen, within
from .scale import Scale
from .sums import Bar, Summed, bars, by_health, counted, summed

DRAWN = 600  # rows on one page; of a larger plan the fields of work are opened one by one
ROOMY, MIDDLE, TIGHT = 47, 57, 66  # lines that fit on an A3 sheet, by how close they stand
Links = Mapping[Any, Sequence[Piece]]


@dataclass(frozen=True)
class Drawn:
    """A row, its lane, and what runs through it."""

    row: Row
    lane: Lane
    links: Sequence[Piece]


@dataclass(frozen=True)
class Group:
    """A workstream; `fold_url` opens or closes it; `missing`: rows of it that another page draws."""

    stream: Workstream
    total: int
    done: int
    progress: int
    is_open: bool
    fold_url: str
    drawn: Sequence[Drawn]
    links: Sequence[Piece]
    missing: int
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Pages:
    """Which of the rows in open workstreams are drawn, from 1; the addresses are empty at the ends."""

    first: int
    last: int
    total: int
    earlier: str
    later: str


@dataclass(frozen=True)
class WallChart:
    """`elsewhere`: milestones that have nothing to do with the days shown; `loose`: dependencies of which one end is
    not drawn; `is_large`: more than one page holds; `sheet`: how close lines stand on an A3 sheet."""

    plan: Plan
    choice: Choice
    controls: Controls
    axis: Axis
    today: date
    groups: list[Group]
    pages: Pages
    total: int
    elsewhere: int
    cancelled: int
    loose: int
    is_large: bool
    sheet: str


def wall_chart(plan: Plan, viewer: Person, at: Moment, given: QueryDict) -> WallChart:
    """A handful of queries, however many rows."""
    today = at.today(plan.zone)
    asked = choice(given, plan, today)
    everything = access.visible(plan.milestones.all(), viewer)
    base = within(chosen(everything, asked), asked, today)
    parts = counted(base)
    sums = summed(parts, asked.healths)
    streams = list(plan.workstreams.select_related("lead"))
    shown = [stream for stream in streams if stream.pk in sums]
    total = sum(one.total for one in sums.values())
    opened = _opened(shown, asked, total)
    reading = Reading(plan, today, at.calendar)
    rows = [reading.row(values) for values in _rows(base, [stream.pk for stream in opened], asked)]
    scale = _scale(asked, rows)
    lanes = {row.id: lane(row.dates, scale, reading.short) for row in rows}
    of_stream = _by_stream(rows)
    order = [key for stream in shown for key in (stream.pk, *(row.id for row in of_stream.get(stream.pk, ())))]
    links, loose = _links(plan, order, lanes) if asked.dependencies else ({}, 0)
    drawn = {pk: [Drawn(row, lanes[row.id], links.get(row.id, ())) for row in mine] for pk, mine in of_stream.items()}
    return WallChart(
        plan=plan,
        choice=asked,
        controls=controls(plan, asked, streams, by_health(parts)),
        axis=axis(scale, asked.zoom, today, at.calendar),
        today=today,
        groups=_groups(shown, sums, opened, drawn, links, scale, asked),
        pages=_pages(asked, len(rows), sum(sums[stream.pk].total for stream in opened)),
        total=total,
        elsewhere=0 if asked.zoom is Zoom.YEAR else chosen(everything, asked).count() - sum(one["n"] for one in parts),
        cancelled=everything.filter(state=State.CANCELLED).count(),
        loose=loose,
        is_large=total > DRAWN,
        sheet=_sheet(len(rows) + len(shown)),
    )


def _opened(streams: list[Workstream], asked: Choice, total: int) -> list[Workstream]:
    """Those asked for; else all that one page holds, or the only one."""
    if asked.opened is not None:
        return [stream for stream in streams if stream.code in asked.opened]
    return streams if total <= DRAWN or len(streams) == 1 else []


def _rows(base: QuerySet[Milestone], streams: list[Any], asked: Choice) -> Iterable[dict[str, Any]]:
    if not streams:
        return []
    found = base.filter(workstream__in=streams)
    if asked.healths:
        found = found.filter(health__in=asked.healths)
    order = ("due_on", "code") if asked.by_date else ("code",)
    found = found.order_by("workstream__position", "workstream__code", *order)
    return found.values(*COLUMNS)[asked.skip : asked.skip + DRAWN]


def _scale(asked: Choice, rows: Iterable[Row]) -> Scale:
    days = [day for row in rows for day in row.dates.days()]
    before, beyond = any(day < asked.first for day in days), any(day > asked.last for day in days)
    return Scale(asked.first, asked.last, before, beyond)


def _by_stream(rows: Iterable[Row]) -> Mapping[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row.stream, []).append(row)
    return found


def _links(plan: Plan, order: Sequence[Any], lanes: Mapping[Any, Lane]) -> tuple[Links, int]:
    """Row or workstream → what runs through its lane; and how many dependencies have an end that is not drawn.

    `order` has the keys of all lanes from top to bottom.
    """
    pairs = Dependency.objects.filter(predecessor__plan=plan, successor__plan=plan).order_by("id")
    places = {key: place for place, key in enumerate(order)}
    found, loose = [], 0
    for before, after in pairs.values_list("predecessor_id", "successor_id"):
        if before in lanes and after in lanes:
            found.append(Link(places[before], places[after], lanes[before].end_x, lanes[after].due_x))
        else:
            loose += 1
    return {order[place]: through for place, through in pieces(found).items()}, loose


def _groups(
    streams: Iterable[Workstream],
    sums: Mapping[Any, Summed],
    opened: Sequence[Workstream],
    drawn: Mapping[Any, list[Drawn]],
    links: Links,
    scale: Scale,
    asked: Choice,
) -> list[Group]:
    most = max((n for one in sums.values() for n in one.due.values()), default=1)
    codes = [stream.code for stream in opened]
    found = []
    for stream in streams:
        one, is_open, mine = sums[stream.pk], stream in opened, drawn.get(stream.pk, [])
        fold = [code for code in codes if code != stream.code] if is_open else [*codes, stream.code]
        found.append(
            Group(
                stream=stream,
                total=one.total,
                done=one.done,
                progress=one.progress,
                is_open=is_open,
                fold_url=asked.url(open=fold or [""]),
                drawn=mine,
                links=links.get(stream.pk, ()),
                missing=one.total - len(mine) if is_open else 0,
                bars=() if mine else bars(one, scale, most),
            )
        )
    return found


def _sheet(lines: int) -> str:
    """As large as one sheet allows; what needs several is set in the middle size."""
    if lines <= ROOMY:
        return "sheet-roomy"
    return "sheet-tight" if MIDDLE < lines <= TIGHT else "sheet-middle"


def _pages(asked: Choice, drawn: int, total: int) -> Pages:
    return Pages(
        first=asked.skip + 1,
        last=asked.skip + drawn,
        total=total,
        earlier=asked.url(skip=str(max(0, asked.skip - DRAWN))) if asked.skip else "",
        later=asked.url(skip=str(asked.skip + DRAWN)) if asked.skip + drawn < total else "",
    )
