"""What changed last in a plan, as far as the reader may know?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from milestones import access
from milestones.models import ChangeEntry, Milestone, Op, Person, Plan
from milestones.web.presenters import changes

SHOWN = 8
LOADED = ("milestone", "target", "workstream", "plan")  # what was only loaded is no news


@dataclass(frozen=True)
class News:
    """`code` is the milestone's; empty when the change is not about one."""

    change: changes.Line
    code: str


def news(plan: Plan, viewer: Person) -> list[News]:
    """The newest first. Whose calendar shows the plan is nobody else's matter."""
    entries = list(
        access.visible(ChangeEntry.objects.filter(plan_id=plan.pk), viewer)
        .exclude(op=Op.CREATE, entity__in=LOADED)
        .exclude(entity="calendarfeed")
        .order_by("-id")[:SHOWN]
    )
    codes = _codes(entries)
    return [News(line, codes.get(_milestone(line.entry), "")) for line in changes.lines(entries, year=plan.year)]


def _codes(entries: Iterable[ChangeEntry]) -> dict[str, str]:
    wanted = {found for entry in entries if (found := _milestone(entry))}
    known = Milestone.objects.filter(pk__in=wanted).order_by() if wanted else Milestone.objects.none()
    return {str(pk): code for pk, code in known.values_list("pk", "code")}


def _milestone(entry: ChangeEntry) -> str:
    """The id of the milestone that an entry is about or belongs to; empty for none."""
    if entry.entity == "milestone":
        return str(entry.object_id)
    found: Any = entry.changes.get("milestone_id", [None, ""])
    return str(found[1] or "")
