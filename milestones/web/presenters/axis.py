"""Where do a milestone's four dates stand on the axis of its plan's year?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones.models import Milestone
from milestones.workdays.periods import FuzzyDate, Precision, period_end

LEFT, WIDTH, MIDDLE = 16.0, 1208.0, 34.0
LABEL_ROOM, HALF_LABEL = 64.0, 26.0


@dataclass(frozen=True)
class Glyph:
    """One date: `shape` is the path of its mark. `anchor` is the text's class."""

    name: str
    css: str
    shape: str
    label: str
    label_x: float
    anchor: str
    shows_label: bool
    is_fuzzy: bool


@dataclass(frozen=True)
class Axis:
    """`span`: (x, width) of a fuzzy due date; `moved`, `slip`: (from, to); `today_label`: (x, class of its anchor)."""

    months: list[tuple[float, str]]
    span: tuple[float, float] | None
    moved: tuple[float, float] | None
    slip: tuple[float, float, str] | None
    today_x: float | None
    today_label: tuple[float, str]
    glyphs: list[Glyph]


class _Scale:
    def __init__(self, first: date, last: date) -> None:
        self.first, self.days = first, (last - first).days or 1

    def x(self, day: date) -> float:
        return round(LEFT + (day - self.first).days / self.days * WIDTH, 1)


def axis(milestone: Milestone, today: date) -> Axis:
    """The axis spans the plan, and further where a date lies outside it."""
    plan, due, ends = milestone.plan, milestone.due, milestone.actual or milestone.forecast
    dates = [found.on for found in (milestone.baseline, due, milestone.forecast, milestone.actual) if found]
    scale = _Scale(min([plan.starts_on, *dates]), max([plan.ends_on, *dates]))
    last = max([plan.ends_on, *dates])
    glyphs = _glyphs(scale, milestone)
    today_x = scale.x(today) if scale.first <= today <= last else None
    return Axis(
        months=_months(scale, last),
        span=_span(scale, due) if due.is_fuzzy else None,
        moved=_between(scale, milestone.baseline.on, due.on),
        slip=_slip(scale, due.on, ends.on) if ends and ends.on != due.on else None,
        today_x=today_x,
        today_label=_today_label(today_x, glyphs),
        glyphs=glyphs,
    )


def _span(scale: _Scale, due: FuzzyDate) -> tuple[float, float]:
    start = scale.x(max(due.start, scale.first))
    return start, round(scale.x(due.on) - start, 1)


def _today_label(today_x: float | None, glyphs: list[Glyph]) -> tuple[float, str]:
    """Left of its line, or on the side where no other label stands."""
    if today_x is None:
        return 0.0, ""
    near = [glyph.label_x for glyph in glyphs if glyph.shows_label and abs(glyph.label_x - today_x) <= LABEL_ROOM]
    if near and max(near) <= today_x:
        return max(today_x + 6, max(near) + HALF_LABEL), ""
    return min([today_x - 6, *(x - HALF_LABEL for x in near)]), "end"


def _between(scale: _Scale, one: date, other: date) -> tuple[float, float] | None:
    return None if one == other else (scale.x(min(one, other)), scale.x(max(one, other)))


def _slip(scale: _Scale, due: date, ends: date) -> tuple[float, float, str]:
    return scale.x(min(due, ends)), scale.x(max(due, ends)), "slip-late" if ends > due else "slip-early"


def _months(scale: _Scale, last: date) -> list[tuple[float, str]]:
    found, day = [], scale.first
    while day <= last:
        found.append((scale.x(day), date_format(day, _("M"))))
        day = period_end(day, Precision.MONTH) + timedelta(days=1)
    return found


def _glyphs(scale: _Scale, milestone: Milestone) -> list[Glyph]:
    """In drawing order; a label that would cover a more important one is left out (the strip below says it)."""
    late = milestone.actual is not None and milestone.actual.on > milestone.due.on
    drawn: list[tuple[str, FuzzyDate | None, str, str]] = [
        ("due", milestone.due, "d-due", _("due")),
        ("actual", milestone.actual, "d-actual-late" if late else "d-actual", _("actual")),
        ("forecast", milestone.forecast, "d-forecast", _("forecast")),
        ("baseline", milestone.baseline, "d-baseline", _("first promise")),
    ]
    taken: list[float] = []
    glyphs = []
    for name, value, css, label in drawn:
        if value is None:
            continue
        x = scale.x(value.on)
        free = all(abs(x - other) > LABEL_ROOM for other in taken)
        if free:
            taken.append(x)
        anchor, label_x = _anchor(x)
        glyphs.append(Glyph(name, css, _shape(name, x), label, label_x, anchor, free, value.is_fuzzy))
    return list(reversed(glyphs))


def _anchor(x: float) -> tuple[str, float]:
    if x < LEFT + LABEL_ROOM / 2:
        return "", x - 8
    return ("end", x + 8) if x > LEFT + WIDTH - LABEL_ROOM / 2 else ("mid", x)


def _shape(name: str, x: float) -> str:
    y = MIDDLE
    match name:
        case "baseline":
            return f"M{x} {y - 9}l9 9l-9 9l-9 -9Z"
        case "due":
            return f"M{x} {y - 7}l7 7l-7 7l-7 -7Z"
        case "forecast":
            return f"M{x - 6:.1f} {y - 8}L{x + 8:.1f} {y}L{x - 6:.1f} {y + 8}Z"
        case _actual:
            return f"M{x - 7:.1f} {y + 1}l5 5l10 -12"
