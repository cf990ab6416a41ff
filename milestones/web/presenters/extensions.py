"""Which later dates were asked for, what became of it, and who decides?"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from milestones import access, wording
from milestones.actors import Actor
from milestones.extensions import rules
from milestones.models import Extension, ExtensionState, Milestone
from milestones.web.decisions import offered
from milestones.web.moment import Moment
from milestones.web.presenters import words
from milestones.web.presenters.dates import short_day
from milestones.web.presenters.links import Link, links
from milestones.workdays import FuzzyDate


@dataclass(frozen=True)
class Line:
    """`waits` says for whom and until when, empty when it was decided."""

    row: Extension
    old: FuzzyDate
    new: FuzzyDate
    slip: str
    asked: str
    waits: str
    decided: str
    acts: list[Link]

    @property
    def is_open(self) -> bool:
        return bool(self.waits)


def extensions(milestone: Milestone, actor: Actor, at: Moment) -> list[Line]:
    """Newest first; none for who does not read the milestone's inner matters."""
    rows = access.visible(milestone.extensions.all(), actor).select_related("requested_by", "decided_by")
    found = list(rows.order_by("-requested_at", "-id"))
    for row in found:
        row.milestone = milestone
    return [_line(row, milestone, actor, at) for row in found]


def _line(row: Extension, milestone: Milestone, actor: Actor, at: Moment) -> Line:
    is_open = row.state == ExtensionState.REQUESTED
    return Line(
        row=row,
        old=row.old,
        new=row.due,
        slip=words.slip(rules.slip(row.old, row.due, at.calendar)),
        asked=_asked(row),
        waits=_waits(row, milestone, at) if is_open else "",
        decided="" if is_open else _decided(row),
        acts=links(row.pk, offered("extension", row, milestone, actor)),
    )


def _asked(row: Extension) -> str:
    said = {
        "day": short_day(timezone.localtime(row.requested_at).date()),
        "who": row.requested_by or row.requested_client,
    }
    words = _("asked on %(day)s by %(who)s") % said
    extra = [_("on behalf") if row.on_behalf else "", _("after the working deadline") if row.late else ""]
    return " · ".join(filter(None, (words, *extra)))


def _waits(row: Extension, milestone: Milestone, at: Moment) -> str:
    today = at.today(milestone.plan.zone)
    leader = access.supervising_leader(milestone.lead)
    said = {
        "who": leader.display_name if leader else _("the office"),
        "day": wording.day(row.decide_by, year=milestone.plan.year),
        "until": words.until(today, FuzzyDate(row.decide_by), at.calendar),
    }
    return _("waits for %(who)s, to be answered by %(day)s (%(until)s)") % said


def _decided(row: Extension) -> str:
    day = short_day(timezone.localtime(row.decided_at).date()) if row.decided_at else ""
    parts = (str(row.get_state_display()), str(row.decided_by or ""), day)
    return " · ".join(filter(None, parts))
