"""How is a milestone a row of the ledger? From one query for a page, no model instances, only the columns shown.

A page has hundreds of cells, and a template that asks of each whether it is shown takes longer than everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones import wording
from milestones.changes import health_words
from milestones.ledger.orders import newest_report
from milestones.models import OPEN_STATES, Health, Kind, Milestone, State
from milestones.planning.health_loading import beginnings
from milestones.web.presenters.ledger_words import heading, short_day
from milestones.workdays import Calendar, FuzzyDate, Precision

BAR = 56  # units of the little bar
VALUES = (
    "id version code title title_en state kind weight health health_reason created_at due_on reported_progress"
    " plan__code plan__year plan__starts_on plan__ends_on plan__activated_at plan__time_zone"
    " workstream__title workstream__title_en lead__short_name lead__name accountable__display_name"
    " baseline_on baseline_precision due_precision forecast_on forecast_precision actual_on actual_precision"
).split()
NOTHING = SafeString('<span class="aside">—</span>')


@dataclass(frozen=True)
class Row:
    """`chosen` is what a selected row sends: its id and the version that was looked at; `cells` are its columns."""

    chosen: str
    code: str
    cells: SafeString


class _Page:
    """What all rows of a page have in common; a date that comes again is worded once."""

    def __init__(self, today: date, calendar: Calendar) -> None:
        self.today, self.calendar = today, calendar
        self.english = (get_language() or "").startswith("en")
        self.label: Callable[[str], str] = cache(heading)
        self.say: Callable[..., SafeString] = cache(_day)


Values = Mapping[str, Any]


def rows_of(ids: Sequence[Any], shown: Sequence[str], today: date, calendar: Calendar) -> list[Row]:
    """In the order of `ids`, each with the columns `shown`."""
    found = (
        Milestone.objects.filter(pk__any_of=ids)
        .order_by()
        .annotate(as_of=Subquery(newest_report().values("as_of")[:1]))
        .values(*VALUES, "as_of")
    )
    place, page, cells = {pk: n for n, pk in enumerate(ids)}, _Page(today, calendar), [_CELLS[name] for name in shown]
    return [
        Row(f"{one['id']}:{one['version']}", one["code"], SafeString("".join(cell(one, page) for cell in cells)))
        for one in sorted(found, key=lambda one: place[one["id"]])
    ]


# --- Dates ------------------------------------------------------------------------------------------------------------
def _day(on: date | None, precision: str | None, year: int) -> SafeString:
    """A fuzzy date says its period, and in its title the day it counts as."""
    if on is None or precision is None:
        return NOTHING
    value = FuzzyDate(on, Precision(precision))
    if not value.is_fuzzy:
        return format_html('<time datetime="{}">{}</time>', on.isoformat(), short_day(on, year))
    full = wording.period_with_day(value, year=year)
    return format_html('<span class="fuzzy" title="{}">{}</span>', full, wording.period(value, year=year))


def _dated(name: str) -> Callable[[Values, _Page], SafeString]:
    def cell(one: Values, page: _Page) -> SafeString:
        said = page.say(one[f"{name}_on"], one[f"{name}_precision"], one["plan__year"])
        return format_html('<td class="c-{}" data-label="{}">{}</td>', name, page.label(name), said)

    return cell


def _report(one: Values, page: _Page) -> SafeString:
    said = page.say(one["as_of"], Precision.DAY, one["plan__year"])
    return format_html('<td class="c-report" data-label="{}">{}</td>', page.label("report"), said)


def _slip(one: Values, page: _Page) -> SafeString:
    said, is_late = _slipped(one, page.today, page.calendar)
    return format_html('<td class="n c-slip{}">{}</td>', " late" if is_late else "", said)


def _slipped(one: Values, today: date, calendar: Calendar) -> tuple[str, bool]:
    """+13 working days from due to when it ends as now known, 跨年 past the plan's last day; and whether it is late."""
    due, end = one["due_on"], one["actual_on"] or one["forecast_on"] or one["due_on"]
    if one["state"] in OPEN_STATES and due < today:
        end = one["actual_on"] or max(end, today)
    if end > due and end > one["plan__ends_on"]:
        return _("past the year"), True
    days = calendar.count(due, end)
    return (f"+{days}" if days > 0 else f"−{-days}" if days else ""), end > due


# --- What it is and how it stands -------------------------------------------------------------------------------------
def _plain(css: str, say: Callable[[Values], object]) -> Callable[[Values, _Page], SafeString]:
    def cell(one: Values, page: _Page) -> SafeString:
        return format_html('<td class="{}">{}</td>', css, say(one))

    return cell


def _workstream(one: Values, page: _Page) -> SafeString:
    title = (page.english and one["workstream__title_en"]) or one["workstream__title"]
    return format_html('<td class="c-workstream">{}</td>', title)


def _title(one: Values, page: _Page) -> SafeString:
    url, translated = reverse("milestone", args=[one["plan__code"], one["code"]]), page.english and one["title_en"]
    lang = SafeString(' lang="zh-Hans"') if page.english and not translated else ""
    return format_html(
        '<th scope="row" class="c-title"><a href="{}"{}>{}</a></th>', url, lang, translated or one["title"]
    )


def _lead(one: Values, page: _Page) -> SafeString:
    """Units have no English names."""
    lang = SafeString(' lang="zh-Hans"') if page.english else ""
    return format_html('<td class="c-lead"{}>{}</td>', lang, one["lead__short_name"] or one["lead__name"] or "")


def _health(one: Values, page: _Page) -> SafeString:
    if not one["health"]:
        return SafeString('<td class="c-health"></td>')
    return format_html(
        '<td class="c-health"><span class="health health-{0}"><svg class="health-mark" viewBox="0 0 16 16"'
        ' aria-hidden="true"><use href="#m-{0}"/></svg>{1}</span></td>',
        one["health"],
        Health(one["health"]).label,
    )


def _progress(one: Values, page: _Page) -> SafeString:
    """With 序时进度 of an open one: where it should be today."""
    done = 100 if one["state"] == State.COMPLETED else one["reported_progress"]
    if done is None:
        return format_html('<td class="c-progress">{}</td>', NOTHING)
    pace = _pace(one, page.today)
    marked = format_html('<path class="c-gap" d="M{0} 0V8"/><path class="c-pace" d="M{0} 0V8"/>', pace) if pace else ""
    return format_html(
        '<td class="c-progress"><svg class="bar" preserveAspectRatio="none" viewBox="0 0 56 8" aria-hidden="true">'
        '<rect class="c-track" y="1" width="56" height="6"/><rect class="c-value" y="1" width="{}" height="6"/>'
        "{}</svg>{}%</td>",
        f"{done * BAR / 100:.1f}",
        marked,
        done,
    )


def _pace(one: Values, today: date) -> str:
    """In units of the bar; empty for one that is over."""
    if one["state"] not in OPEN_STATES:
        return ""
    begins, _since = beginnings(one)
    total = max((one["due_on"] - begins).days + 1, 1)
    passed = min(max((today - begins).days + 1, 0), total)
    return f"{passed * BAR / total:.1f}"


def _weight(one: Values, page: _Page) -> SafeString:
    return format_html('<td class="n c-weight" data-label="{}">{}</td>', page.label("weight"), one["weight"])


def _reason(one: Values, page: _Page) -> SafeString:
    said = health_words.reason(one["health_reason"], year=one["plan__year"])
    return format_html('<td class="why-cell">{}</td>', said)


_CELLS: dict[str, Callable[[Values, _Page], SafeString]] = {
    "plan": _plain("code c-plan", lambda one: one["plan__year"]),
    "code": _plain("code c-code", lambda one: one["code"]),
    "health": _health,
    "title": _title,
    "workstream": _workstream,
    "kind": _plain("c-kind", lambda one: Kind(one["kind"]).label),
    "lead": _lead,
    "owner": _plain("c-owner", lambda one: one["accountable__display_name"] or ""),
    "state": _plain("c-state", lambda one: State(one["state"]).label),
    "weight": _weight,
    **{name: _dated(name) for name in ("baseline", "due", "forecast", "actual")},
    "slip": _slip,
    "progress": _progress,
    "report": _report,
    "reason": _reason,
}
