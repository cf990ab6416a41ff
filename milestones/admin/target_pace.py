"""How does the workbench show the pace of a target: each figure with why, and never only a colour?"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from milestones import wording as dates
from milestones.models import Target
from milestones.targets import wording
from milestones.targets.pace import Pace

SHAPES = {"green": "●", "yellow": "▲", "red": "■", "done": "✓"}


@dataclass(frozen=True)
class Line:
    label: str
    value: str | SafeString
    why: str = ""


def health(pace: Pace) -> str | SafeString:
    """Shape and word; a dash when nothing can be said."""
    if pace.health is None:
        return "—"
    said = (pace.health, SHAPES[pace.health], wording.health(pace))
    return format_html('<span class="health health-{}">{} {}</span>', *said)


def lines(target: Target, pace: Pace) -> list[Line]:
    """What stands above the form, from the reading to the year's end."""
    unit, year = target.unit, target.plan.year
    projected = wording.figure(wording.short(pace.projection), unit) if pace.projection is not None else "—"
    if band := wording.band(pace, unit):
        projected = _("%(value)s, four times in five %(band)s") % {"value": projected, "band": band}
    expected = wording.figure(wording.short(pace.expected), unit) if pace.expected is not None else "—"
    return [
        Line(_("health"), health(pace), wording.reason(pace, target)),
        Line(_("latest reading"), _reading(target, pace)),
        Line(_("attainment"), wording.attainment(pace) or "—", _of_what(target)),
        Line(_("expected by %(day)s") % {"day": dates.day(pace.on, year=year)}, expected, wording.basis(pace, target)),
        Line(_("gap"), wording.gap(pace, unit) or "—"),
        Line(_("projection to the last day"), projected, wording.method(pace, target)),
    ]


def _reading(target: Target, pace: Pace) -> str:
    if pace.value is None or pace.as_of is None:
        return "—"
    words = {
        "value": wording.figure(pace.value, target.unit),
        "day": dates.day(pace.as_of, year=target.plan.year),
        "state": _("provisional") if pace.provisional else _("final"),
    }
    return _("%(value)s on %(day)s, %(state)s") % words


def _of_what(target: Target) -> str:
    goal = wording.goal(target)
    if target.bound == "at_most":
        return _("of the limit %(goal)s that is used") % {"goal": goal}
    return _("of the goal %(goal)s") % {"goal": goal}
