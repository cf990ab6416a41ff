"""Which milestones does the chart show, and what does each line of it say?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import quote

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from milestones import wording
from milestones.changes import health_words
from milestones.models import OPEN_STATES, Health, Milestone, Plan, State
from milestones.web.presenters import words
from milestones.workdays import Calendar, FuzzyDate, Precision
from milestones.workdays.periods import period_end

from .axis import Zoom, short_day
from .choice import Choice
from .lanes import Dates

COLUMNS = (
    "id code title title_en state health health_reason workstream_id lead__short_name lead__name "
    "accountable__display_name baseline_on baseline_precision due_on due_precision forecast_on forecast_precision "
    "actual_on actual_precision reported_progress"
).split()


@dataclass(frozen=True, slots=True)
class Row:
    """A milestone on the chart. `sentence` says all that is drawn; `slip` in working days, empty when nothing is known;
    `progress` in per cent, None for what is done or was never reported."""

    id: Any
    stream: Any
    code: str
    title: str
    url: str
    health: str
    health_word: str
    dates: Dates
    sentence: str
    slip: str
    is_late: bool
    crosses: bool
    progress: int | None
    lead: str
    owner: str


def chosen(rows: QuerySet[Milestone], choice: Choice) -> QuerySet[Milestone]:
    """As filtered, but for the health."""
    rows = rows.exclude(state=State.CANCELLED)
    if choice.workstreams:
        rows = rows.filter(workstream__code__in=choice.workstreams)
    if choice.leads:
        rows = rows.filter(lead__code__in=choice.leads)
    if choice.kinds:
        rows = rows.filter(kind__in=choice.kinds)
    return rows.filter(state__in=OPEN_STATES) if choice.unfinished else rows


def within(rows: QuerySet[Milestone], choice: Choice, today: date) -> QuerySet[Milestone]:
    """Those that have anything to do with the days shown: what is open from the first of its dates to the last, and
    what has ended by its end, from due on when that was late."""
    if choice.zoom is Zoom.YEAR:
        return rows
    first, last = choice.first, choice.last
    ended = Q(actual_on__gte=first) & (Q(actual_on__lte=last) | Q(due_on__lte=last))
    before, after = Q(), Q()
    for name in ("baseline_on", "due_on", "forecast_on"):
        before |= Q(**{f"{name}__lte": last})
        after |= Q(**{f"{name}__gte": first})
    for precision in Precision:
        before |= Q(due_precision=precision, due_on__lte=period_end(last, precision))
    if first <= today:
        after |= Q(due_on__lt=today)  # its slip reaches today
    return rows.filter(ended | (Q(actual_on=None) & before & after))


class Reading:
    """Turns rows of the query into lines of the chart; what is said of one day is worked out once a page."""

    def __init__(self, plan: Plan, today: date, calendar: Calendar) -> None:
        self.plan, self.today, self.calendar = plan, today, calendar
        self.english = (get_language() or "").startswith("en")
        self.url = reverse("milestone", args=[plan.code, "CODE"])
        self.said = cache(lambda value: wording.period_with_day(value, year=plan.year))
        self.short: Callable[[FuzzyDate], str] = cache(self._short)
        self.healths = {value: str(label) for value, label in Health.choices}
        self.names = (_("First promise"), _("Due"), _("Forecast"), _("Actual"))
        self.joint, self.stop = _("; "), _(". ")

    def row(self, values: dict[str, Any]) -> Row:
        dates = self.dates(values)
        end, start = dates.end, dates.from_due
        days = self.calendar.count(start, end) if start and end else None
        health = values["health"] or "planned"
        done = values["state"] == State.COMPLETED
        return Row(
            id=values["id"],
            stream=values["workstream_id"],
            code=values["code"],
            title=values["title_en"] if self.english and values["title_en"] else values["title"],
            url=self.url.replace("CODE", quote(values["code"], safe="")),
            health=health,
            health_word=self.healths.get(health) or str(State(values["state"]).label),
            dates=dates,
            sentence=self.sentence(values, dates, days),
            slip="" if days is None else f"+{days}" if days > 0 else f"−{-days}" if days else "0",
            is_late=dates.is_late,
            crosses=end is not None and end > self.plan.ends_on,
            progress=None if done else values["reported_progress"],
            lead=values["lead__short_name"] or values["lead__name"] or "",
            owner=values["accountable__display_name"] or "",
        )

    def dates(self, values: dict[str, Any]) -> Dates:
        baseline, due, forecast, actual = (
            self._date(values, name) for name in ("baseline", "due", "forecast", "actual")
        )
        assert baseline is not None  # neither column is ever empty
        assert due is not None
        overdue = values["state"] in OPEN_STATES and actual is None and due.on < self.today
        return Dates(baseline, due, forecast, actual, self.today if overdue else None)

    def sentence(self, values: dict[str, Any], dates: Dates, days: int | None) -> str:
        """The health with its reason, the four dates, the slip, who: what a lane shows, for ears and for a pointer."""
        given = zip(self.names, (dates.baseline, dates.due, dates.forecast, dates.actual), strict=True)
        said = self.joint.join([f"{name} {self.said(value)}" for name, value in given if value])
        reason = health_words.reason(values["health_reason"], year=self.plan.year)
        parts = [reason, said]
        if days:
            parts.append(words.slip(days))
        return self.stop.join(part for part in parts if part)

    def _short(self, value: FuzzyDate) -> str:
        if value.is_fuzzy:
            return wording.period(value, year=self.plan.year)
        if value.on.year == self.plan.year:
            return short_day(value.on)
        return date_format(value.on, pgettext("a short day with its year", "j M Y"))

    @staticmethod
    def _date(values: dict[str, Any], name: str) -> FuzzyDate | None:
        on = values[f"{name}_on"]
        return FuzzyDate(on, Precision(values[f"{name}_precision"])) if on else None
