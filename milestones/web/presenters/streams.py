"""How far is each field of work, and which marks stand for its milestones?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from milestones.models import Health, Plan, State, Workstream
from milestones.models.milestones import HealthRank
from milestones.planning.facts import Fact
from milestones.planning.tally import Cell, Tally, share
from milestones.web.places import rows

MARKS_SHOWN = 40
WIDTH = 3  # units of the bar's view box for one per cent
BY_GRAVITY = (Health.RED, Health.YELLOW, Health.GREEN, Health.MADE_UP, Health.DONE)


@dataclass(frozen=True)
class Mark:
    """One milestone."""

    code: str
    title: str
    title_en: str
    mark: str
    word: str


@dataclass(frozen=True)
class Pile:
    """The milestones of one health, where they are too many to stand side by side."""

    health: str
    word: str
    number: int
    url: str


@dataclass(frozen=True)
class Stream:
    """`progress` is what is done by weight, within open milestones too; `bar_done` is what is verified of it."""

    code: str
    title: str
    title_en: str
    progress: str
    bar_done: float
    bar_progress: float
    url: str
    marks: list[Mark]
    piles: list[Pile]


def stream_bars(plan: Plan, tally: Tally) -> list[Stream]:
    """A field without milestones has no bar."""
    found = [(stream, tally.of(stream.pk)) for stream in plan.workstreams.all()]
    few = [stream.pk for stream, cells in found if _number(cells) <= MARKS_SHOWN]
    marks = _marks(plan, few) if few else {}
    return [_stream(plan, stream, cells, marks.get(stream.pk, [])) for stream, cells in found if cells]


def _stream(plan: Plan, stream: Workstream, cells: Sequence[Cell], marks: list[Mark]) -> Stream:
    total = sum(cell.weight for cell in cells)
    done = share(sum(cell.done for cell in cells), total)
    progress = done + share(sum(cell.part for cell in cells), total)
    where = {"plan": plan.code, "workstream": stream.code}
    piles = [] if marks else [pile for health in BY_GRAVITY if (pile := _pile(health, cells, where)).number]
    return Stream(
        code=stream.code,
        title=stream.title,
        title_en=stream.title_en,
        progress=f"{progress:.0f}%",
        bar_done=round(done * WIDTH, 1),
        bar_progress=round(progress * WIDTH, 1),
        url=rows(**where),
        marks=marks,
        piles=piles,
    )


def _number(cells: Iterable[Cell]) -> int:
    return sum(cell.number for cell in cells)


def _pile(health: Health, cells: Sequence[Cell], where: dict[str, str]) -> Pile:
    number = _number(cell for cell in cells if cell.health == health)
    return Pile(health.value, str(health.label), number, rows(**where, health=health.value))


def _marks(plan: Plan, streams: Sequence[Any]) -> dict[Any, list[Mark]]:
    """Worst first; one query."""
    columns = ("workstream_id", "code", "title", "title_en", "health", "state")
    shown = plan.milestones.filter(workstream_id__in=streams).exclude(state=State.CANCELLED)
    found = defaultdict(list)
    for stream, *row in shown.order_by(HealthRank("health"), "due_on", "code").values_list(*columns):
        found[stream].append(_mark(*row))
    return found


def _mark(code: str, title: str, title_en: str, health: str | None, state: str) -> Mark:
    """A draft has no health yet: its milestones are drawn as not started."""
    said = Health(health) if health else Fact.PLANNED
    return Mark(code, title, title_en, said.value, str(said.label))
