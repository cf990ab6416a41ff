"""Which milestones end furthest after what was first promised, in whichever plan that was?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from milestones.planning.slips import first_promises
from milestones.web.facts import Fact
from milestones.web.presenters.lines import Line
from milestones.workdays import Calendar, FuzzyDate

SHOWN = 6


@dataclass(frozen=True)
class Slip:
    """`days` in working days: from the first promise, and of the expected or actual date from due."""

    line: Line
    moved: int
    late: int
    ends: FuzzyDate | None
    is_actual: bool
    is_overdue: bool

    @property
    def worst(self) -> int:
        return self.moved + self.late


def worst_slips(live: Iterable[Line], today: date, calendar: Calendar) -> list[Slip]:
    """The worst by how far the end, as now known, lies after the first promise."""
    rows = list(live)
    carried = [line.values["id"] for line in rows if line.values["carried_from_id"]]
    firsts = {pk: first.baseline.on for pk, first in first_promises(carried).items()} if carried else {}
    found = [_slip(line, firsts.get(line.values["id"], line.values["baseline_on"]), today, calendar) for line in rows]
    late = sorted((slip for slip in found if slip.worst > 0), key=lambda slip: (-slip.worst, slip.line.code))
    return late[:SHOWN]


def _slip(line: Line, first: date, today: date, calendar: Calendar) -> Slip:
    """What is overdue slips until today at least, whatever was forecast."""
    values, ends = line.values, line.actual or line.forecast
    is_overdue = line.fact is Fact.OVERDUE
    end = max(ends.on, today) if ends and is_overdue else ends.on if ends else today if is_overdue else values["due_on"]
    moved = calendar.count(first, values["due_on"])
    late = calendar.count(values["due_on"], end)
    return Slip(line, moved, late, ends, is_actual=line.actual is not None, is_overdue=is_overdue)
