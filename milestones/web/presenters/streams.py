"""How far is each field of work, and which marks stand for its milestones?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from milestones.models import State, Workstream
from milestones.web.facts import ORDER, Fact
from milestones.web.presenters.lines import Line, share

MARKS_SHOWN = 60


@dataclass(frozen=True)
class Stream:
    code: str
    title: str
    title_en: str
    done: str
    bar_done: float
    bar_submitted: float
    marks: list[Line]
    more: int


def stream_bars(streams: Iterable[Workstream], live: Sequence[Line]) -> list[Stream]:
    grouped: dict[Any, list[Line]] = {}
    for line in live:
        grouped.setdefault(line.values["workstream_id"], []).append(line)
    return [_stream(stream, grouped.get(stream.pk, [])) for stream in streams]


def _stream(stream: Workstream, lines: list[Line]) -> Stream:
    total = sum(line.weight for line in lines)
    done = share([line for line in lines if line.fact in (Fact.DONE, Fact.MADE_UP)], total)
    submitted = share([line for line in lines if line.values["state"] == State.SUBMITTED], total)
    marks = sorted(lines, key=lambda line: (ORDER[line.fact], line.code))
    return Stream(
        code=stream.code,
        title=stream.title,
        title_en=stream.title_en,
        done=f"{done:.0f}%",
        bar_done=round(done * 3, 1),
        bar_submitted=round((done + submitted) * 3, 1),
        marks=marks[:MARKS_SHOWN],
        more=max(0, len(marks) - MARKS_SHOWN),
    )
