"""How is a milestone a row of the ledger? From one query for a page, no model instances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Subquery
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones import wording
from milestones.changes import health_words
from milestones.ledger.orders import newest_report
from milestones.ledger.query import Query
from milestones.models import OPEN_STATES, Health, Kind, Milestone, State
from milestones.planning.health_loading import beginnings
from milestones.web.presenters.ledger_words import short_day
from milestones.workdays import Calendar, FuzzyDate, Precision

BAR = 56  # units of the little bar
VALUES = (
    "id version code title title_en state kind weight health health_reason created_at due_on reported_progress"
    " plan__code plan__title plan__year plan__starts_on plan__ends_on plan__activated_at plan__time_zone"
    " workstream__title workstream__title_en lead__short_name lead__name accountable__display_name"
    " baseline_on baseline_precision due_precision forecast_on forecast_precision actual_on actual_precision"
).split()


@dataclass(frozen=True)
class Day:
    """A date of a row; a fuzzy one says its period, and `full` the day it counts as."""

    iso: str
    word: str
    full: str
    is_fuzzy: bool


@dataclass(frozen=True)
class Row:
    """`chosen` is what a selected row sends: its id and the version that was looked at."""

    chosen: str
    url: str
    code: str
    title: str
    title_lang: str
    plan: str
    workstream: str
    kind: str
    weight: int
    lead: str
    owner: str
    state: str
    health: str
    health_word: str
    baseline: Day | None
    due: Day | None
    forecast: Day | None
    actual: Day | None
    slip: str
    is_late: bool
    progress: int | None
    bar: str
    pace: str
    report: str
    report_iso: str
    reason: str


def rows_of(ids: Sequence[Any], query: Query, today: date, calendar: Calendar) -> list[Row]:
    """In the order of `ids`."""
    found = (
        Milestone.objects.filter(pk__any_of=ids)
        .order_by()
        .annotate(as_of=Subquery(newest_report().values("as_of")[:1]))
        .values(*VALUES, "as_of")
    )
    say, place = cache(_day), {pk: n for n, pk in enumerate(ids)}
    return [_row(one, today, calendar, say) for one in sorted(found, key=lambda one: place[one["id"]])]


def _row(one: dict[str, Any], today: date, calendar: Calendar, say: Callable[..., Day | None]) -> Row:
    year, english = one["plan__year"], (get_language() or "").startswith("en")
    dates = {
        name: say(one[f"{name}_on"], one[f"{name}_precision"], year)
        for name in ("baseline", "due", "forecast", "actual")
    }
    slip, is_late = _slip(one, today, calendar)
    progress = 100 if one["state"] == State.COMPLETED else one["reported_progress"]
    title_en = one["title_en"] if english else ""
    return Row(
        chosen=f"{one['id']}:{one['version']}",
        url=reverse("milestone", args=[one["plan__code"], one["code"]]),
        code=one["code"],
        title=title_en or one["title"],
        title_lang="zh-Hans" if english and not title_en else "",
        plan=str(year),
        workstream=(english and one["workstream__title_en"]) or one["workstream__title"],
        kind=str(Kind(one["kind"]).label),
        weight=one["weight"],
        lead=one["lead__short_name"] or one["lead__name"] or "",
        owner=one["accountable__display_name"] or "",
        state=str(State(one["state"]).label),
        health=one["health"] or "",
        health_word=str(Health(one["health"]).label) if one["health"] else "",
        **dates,
        slip=slip,
        is_late=is_late,
        progress=progress,
        bar=f"{(progress or 0) * BAR / 100:.1f}",
        pace=_pace(one, today),
        report=short_day(one["as_of"], year) if one["as_of"] else "",
        report_iso=one["as_of"].isoformat() if one["as_of"] else "",
        reason=health_words.reason(one["health_reason"], year=year),
    )


def _day(on: date | None, precision: str | None, year: int) -> Day | None:
    if on is None or precision is None:
        return None
    value = FuzzyDate(on, Precision(precision))
    if not value.is_fuzzy:
        return Day(on.isoformat(), short_day(on, year), "", is_fuzzy=False)
    full = wording.period_with_day(value, year=year)
    return Day(on.isoformat(), wording.period(value, year=year), full, is_fuzzy=True)


def _slip(one: dict[str, Any], today: date, calendar: Calendar) -> tuple[str, bool]:
    """+13 working days from due to when it ends as now known, 跨年 past the plan's last day; and whether it is late."""
    due, end = one["due_on"], one["actual_on"] or one["forecast_on"] or one["due_on"]
    if one["state"] in OPEN_STATES and due < today:
        end = one["actual_on"] or max(end, today)
    if end > due and end > one["plan__ends_on"]:
        return _("past the year"), True
    days = calendar.count(due, end)
    return (f"+{days}" if days > 0 else f"−{-days}" if days else ""), end > due


def _pace(one: dict[str, Any], today: date) -> str:
    """序时进度 of an open one: where its progress should be today, in units of the bar."""
    if one["state"] not in OPEN_STATES:
        return ""
    begins, _since = beginnings(one)
    total = max((one["due_on"] - begins).days + 1, 1)
    passed = min(max((today - begins).days + 1, 0), total)
    return f"{passed * BAR / total:.1f}"
