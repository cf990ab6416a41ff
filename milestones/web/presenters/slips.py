"""Which milestones end furthest after what was first promised, in whichever plan that was?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from milestones.planning.slips import first_promises
from milestones.web.presenters.lines import Line
from milestones.workdays import Calendar, FuzzyDate

SHOWN = 6
LOOKED_AT = 3 * SHOWN  # of each way to be late: working days sort a little differently than the days they are found by


@dataclass(frozen=True)
class Slip:
    """`moved` and `late` in working days: from the first promise to due, and from there to the end.

    `beyond` says that the end lies after the plan.
    """

    line: Line
    moved: int
    late: int
    ends: FuzzyDate | None
    is_actual: bool
    is_overdue: bool
    beyond: bool

    @property
    def worst(self) -> int:
        return self.moved + self.late


def worst_slips(candidates: Iterable[Line], today: date, calendar: Calendar, last: date) -> list[Slip]:
    """The worst by how far the end, as now known, lies after the first promise; `last` is the plan's last day."""
    rows = list(candidates)
    carried = [line.id for line in rows if line.values["carried_from_id"]]
    firsts = {pk: first.baseline.on for pk, first in first_promises(carried).items()} if carried else {}
    found = [_slip(line, firsts.get(line.id, line.baseline.on), today, calendar, last) for line in rows]
    late = sorted((slip for slip in found if slip.worst > 0), key=lambda slip: (-slip.worst, slip.line.code))
    return late[:SHOWN]


def _slip(line: Line, first: date, today: date, calendar: Calendar, last: date) -> Slip:
    """What is overdue slips until today at least, whatever was forecast."""
    ends = line.actual or line.forecast
    end = ends.on if ends else line.due.on
    if line.is_overdue:
        end = max(end, today)
    return Slip(
        line,
        moved=calendar.count(first, line.due.on),
        late=calendar.count(line.due.on, end),
        ends=ends,
        is_actual=line.actual is not None,
        is_overdue=line.is_overdue,
        beyond=end > last,
    )
