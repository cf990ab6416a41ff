"""Whose dates drift? A line for each milestone whose expected date ever moved, and what that adds up to by lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones import access
from milestones.models import DateRevision, Milestone, Person, Plan, State
from milestones.web.moment import Moment
from milestones.workdays import Calendar, FuzzyDate, Precision
from milestones.workdays.periods import period_end

from .trend_lines import Field, Revision, Step, apart, path, steps

DRAWN, NAMED = 60, 12
MOVES = DateRevision.objects.filter(which__in=["due", "forecast"])
ROOM = 15.0  # between the labels at the right
COLUMNS = (
    "id code title title_en state health workstream__code lead__code lead__short_name lead__name baseline_on "
    "baseline_precision due_on due_precision forecast_on forecast_precision actual_on actual_precision"
).split()


@dataclass(frozen=True)
class Line:
    """`drift` in working days from the first promise to what is now expected or was reached; `moves`: how often."""

    code: str
    title: str
    url: str
    lead: str
    lead_code: str
    first: FuzzyDate
    now: FuzzyDate
    is_reached: bool
    drift: int
    moves: int
    path: str
    dots: list[tuple[float, float]]
    end: tuple[float, float]

    @property
    def css(self) -> str:
        return "trend-later" if self.drift > 0 else "trend-earlier" if self.drift < 0 else "trend-level"

    @property
    def sign(self) -> str:
        return f"+{self.drift}" if self.drift > 0 else f"−{-self.drift}" if self.drift else "0"


@dataclass(frozen=True)
class Drifter:
    """A lead organisation: how many of its milestones moved, how often, and by how many working days in the mean."""

    name: str
    url: str
    milestones: int
    moves: int
    later: int
    mean: str


@dataclass(frozen=True)
class Name:
    line: Line
    y: float


@dataclass(frozen=True)
class Trend:
    plan: Plan
    lines: list[Line]
    names: list[Name]
    drifters: list[Drifter]
    diagonal: str
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    today: float
    level: int
    more: int
    lead: str
    everything: str


def trend(plan: Plan, viewer: Person, at: Moment, given: QueryDict) -> Trend:
    """Two queries for the milestones and their revisions."""
    today = at.today(plan.zone)
    rows = access.visible(plan.milestones.all(), viewer).exclude(state=State.CANCELLED)
    if lead := given.get("lead", ""):
        rows = rows.filter(lead__code=lead)
    revisions = _revisions(rows)
    moved = list(rows.filter(Exists(MOVES.filter(milestone=OuterRef("pk")))).values(*COLUMNS))
    since = max(plan.starts_on, timezone.localtime(plan.activated_at, plan.zone).date()) if plan.activated_at else None
    known = {row["id"]: steps(row["baseline_on"], since or plan.starts_on, revisions[row["id"]]) for row in moved}
    field = _field(plan, known.values(), today)
    lines = [
        _line(row, known[row["id"]], field, plan, today, at.calendar) for row in moved if len(known[row["id"]]) > 1
    ]
    lines.sort(key=lambda line: (-abs(line.drift), line.code))
    return Trend(
        plan=plan,
        lines=lines[:DRAWN],
        names=_names(lines[:NAMED]),
        drifters=_drifters(lines),
        diagonal=field.diagonal,
        across=[(field.x(day), _month(day)) for day in _months(field.first, field.last)],
        up=[(field.y(day), _month(day)) for day in _months(field.first, field.latest)],
        today=field.x(today),
        level=rows.count() - len(lines),
        more=max(0, len(lines) - DRAWN),
        lead=next((line.lead for line in lines if line.lead_code == lead), lead),
        everything=reverse("trend", args=[plan.code]),
    )


def _revisions(rows: QuerySet[Milestone]) -> Mapping[Any, list[Revision]]:
    found: dict[Any, list[Revision]] = {}
    wanted = MOVES.filter(milestone__in=rows.order_by())
    for pk, at, which, on in wanted.order_by("at", "id").values_list("milestone_id", "at", "which", "new_on"):
        found.setdefault(pk, []).append(Revision(timezone.localtime(at).date(), which, on))
    return found


def _field(plan: Plan, lines: Iterable[list[Step]], today: date) -> Field:
    latest = max([plan.ends_on, *(step.expected for line in lines for step in line)])
    return Field(plan.starts_on, max(plan.ends_on, min(today, latest)), period_end(latest, Precision.MONTH))


def _line(row: dict[str, Any], line: list[Step], field: Field, plan: Plan, today: date, calendar: Calendar) -> Line:
    first, actual = _date(row, "baseline"), _date(row, "actual")
    now = actual or _date(row, "forecast") or _date(row, "due")
    assert first is not None  # a column that is never empty
    assert now is not None
    until = min(max(actual.on if actual else today, line[-1].at), field.last)
    drawn = [*line, Step(until, actual.on)] if actual else line
    english = (get_language() or "").startswith("en") and row["title_en"]
    return Line(
        code=row["code"],
        title=english or row["title"],
        url=reverse("milestone", args=[plan.code, row["code"]]),
        lead=row["lead__short_name"] or row["lead__name"] or _("none"),
        lead_code=row["lead__code"] or "",
        first=first,
        now=now,
        is_reached=actual is not None,
        drift=0 if first.start <= now.on <= first.on else calendar.count(first.on, now.on),
        moves=len(line) - 1,
        path=path(drawn, until, field),
        dots=[(field.x(step.at), field.y(step.expected)) for step in line[1:]],
        end=(field.x(until), field.y(drawn[-1].expected)),
    )


def _names(lines: Iterable[Line]) -> list[Name]:
    """At the right end, the latest above; never two upon each other."""
    ordered = sorted(lines, key=lambda line: line.end[1])
    return [Name(line, y) for line, y in zip(ordered, apart([line.end[1] for line in ordered], ROOM), strict=True)]


def _drifters(lines: Iterable[Line]) -> list[Drifter]:
    """Those whose dates drift most stand first."""
    by_lead: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        by_lead.setdefault((line.lead_code, line.lead), []).append(line)
    ordered = sorted(by_lead.items(), key=lambda item: -sum(line.drift for line in item[1]))
    return [_drifter(code, name, mine) for (code, name), mine in ordered]


def _drifter(code: str, name: str, lines: list[Line]) -> Drifter:
    mean = sum(line.drift for line in lines) / len(lines)
    return Drifter(
        name=name,
        url=f"?lead={code}",
        milestones=len(lines),
        moves=sum(line.moves for line in lines),
        later=sum(line.drift > 0 for line in lines),
        mean=f"{mean:+.1f}".replace("-", "−") if round(mean, 1) else "0",
    )


def _month(day: date) -> str:
    """The year stands at its January."""
    return date_format(day, _("F Y") if day.month == 1 else _("M"))


def _months(first: date, last: date) -> Iterable[date]:
    day = first.replace(day=1)
    while day <= last:
        if day >= first:
            yield day
        day = period_end(day, Precision.MONTH) + timedelta(days=1)


def _date(row: dict[str, Any], name: str) -> FuzzyDate | None:
    on = row[f"{name}_on"]
    return FuzzyDate(on, Precision(row[f"{name}_precision"])) if on else None
