"""Which notices were issued about a milestone, and were they signed for and answered?"""

from __future__ import annotations

from dataclasses import dataclass

from milestones import access
from milestones.actors import Actor
from milestones.models import Milestone, Notice
from milestones.notices import words
from milestones.web.moment import Moment


@dataclass(frozen=True)
class Line:
    row: Notice
    mark: str
    level: str
    number: str
    state: str
    late: str


def notices(milestone: Milestone, actor: Actor, at: Moment) -> list[Line]:
    """Newest first; none for who does not read the milestone's inner matters."""
    rows = access.visible(milestone.notices.all(), actor).select_related("organisation").order_by("-year", "-number")
    return [_line(row, milestone, at) for row in rows]


def _line(row: Notice, milestone: Milestone, at: Moment) -> Line:
    row.milestone = milestone
    late = words.lateness(row, at.today(milestone.plan.zone), at.calendar)
    return Line(row, words.MARKS[row.level], words.level(row.level), words.number(row), row.get_state_display(), late)
