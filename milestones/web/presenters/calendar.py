"""What does a month look like: which of its days are worked, and what falls due in it?"""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones import access, wording
from milestones.models import Milestone, Organisation, Person, Plan, PlanState, State
from milestones.templatetags.pages import titled
from milestones.web.moment import Moment
from milestones.workdays import Calendar, DayKind, FuzzyDate, Precision
from milestones.workdays.periods import period_end

from .calendar_dues import Dues, Item, Key, dues, periods

KINDS = {
    DayKind.HOLIDAY: "off holiday",
    DayKind.OVERRIDE_OFF: "off holiday",
    DayKind.WEEKEND: "off",
    DayKind.MAKE_UP: "make-up",
    DayKind.OVERRIDE_ON: "make-up",
    DayKind.WORKDAY: "",
}


@dataclass(frozen=True)
class Due:
    """What is due on a day or within a period; `more` are further ones, and `url` leads to all of them."""

    label: str
    items: Sequence[Item]
    total: int
    more: int
    url: str


@dataclass(frozen=True)
class Day:
    """`word`: 国庆节, 班, or empty; `css` the kind of the day."""

    on: date
    weekday: str
    css: str
    word: str
    is_today: bool
    is_outside: bool
    due: Due


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Month:
    """`periods`: what is due in this month, quarter, half-year or year without a day. `before`, `after`: addresses."""

    title: str
    first: date
    weekdays: list[str]
    weeks: list[list[Day]]
    periods: list[Due]
    total: int
    workdays: int
    is_provisional: bool
    plans: list[Choice]
    leads: list[Choice]
    mine: bool
    is_filtered: bool
    before: str
    after: str
    now: str
    everything: str


@dataclass(frozen=True)
class _Asked:
    given: QueryDict
    first: date
    plan: str
    lead: str
    mine: bool

    def url(self, month: date | None = None) -> str:
        query = self.given.copy()
        query.pop("month", None)
        if month:
            query["month"] = f"{month:%Y-%m}"
        return f"?{query.urlencode()}"


def month(viewer: Person, at: Moment, given: QueryDict) -> Month:
    """Two queries for what is due, however much it is; one for each list of choices."""
    today, asked = at.today(), _asked(given, at.today())
    plans = list(access.visible(Plan.objects.current_first(), viewer))
    shown = [plan for plan in plans if (plan.code == asked.plan if asked.plan else plan.state == PlanState.ACTIVE)]
    days = _grid(asked.first)
    rows = _chosen(access.visible(Milestone.objects.all(), viewer), asked, shown, viewer)
    found = dues(rows, days, at.calendar, first=asked.first, with_plan=len(shown) > 1)
    grid = [_day(day, asked, found, today, at.calendar) for day in days]
    end = period_end(asked.first, Precision.MONTH)
    return Month(
        title=date_format(asked.first, _("F Y")),
        first=asked.first,
        weekdays=[day.weekday for day in grid[:7]],
        weeks=[grid[start : start + 7] for start in range(0, len(grid), 7)],
        periods=[_due(key, asked, found, _period(key)) for key in periods(asked.first) if key in found.totals],
        total=sum(day.due.total for day in grid if not day.is_outside),
        workdays=at.calendar.count(asked.first - timedelta(days=1), end),
        is_provisional=at.calendar.is_provisional(asked.first.year),
        plans=[Choice(plan.code, titled(plan), plan.code == asked.plan) for plan in plans],
        leads=_leads(shown, asked.lead),
        mine=asked.mine,
        is_filtered=bool(asked.plan or asked.lead or asked.mine),
        before=asked.url(asked.first - timedelta(days=1)),
        after=asked.url(end + timedelta(days=1)),
        now=asked.url(),
        everything=f"?month={asked.first:%Y-%m}",
    )


def _asked(given: QueryDict, today: date) -> _Asked:
    plan, lead = given.get("plan", ""), given.get("lead", "")
    return _Asked(given, _first(given.get("month", ""), today), plan, lead, bool(given.get("mine")))


def _due(key: Key, asked: _Asked, found: Dues, label: str) -> Due:
    items, total = found.items.get(key, ()), found.totals.get(key, 0)
    return Due(label, items, total, total - len(items), _ledger(asked, key[0]))


def _period(key: Key) -> str:
    return wording.period(FuzzyDate(key[0], Precision(key[1])))


def _day(on: date, asked: _Asked, found: Dues, today: date, calendar: Calendar) -> Day:
    kind = calendar.kind(on)
    return Day(
        on=on,
        weekday=date_format(on, "l"),
        css=KINDS[kind],
        word=_word(on, kind, calendar),
        is_today=on == today,
        is_outside=on.month != asked.first.month,
        due=_due((on, Precision.DAY.value), asked, found, ""),
    )


def _word(on: date, kind: DayKind, calendar: Calendar) -> str:
    """What a day is called, where it is not as the week has it."""
    if kind in (DayKind.MAKE_UP, DayKind.OVERRIDE_ON):
        return _("make-up working day")
    return calendar.name(on, get_language() or "") or (_("day off") if kind is DayKind.OVERRIDE_OFF else "")


def _first(month: str, today: date) -> date:
    """The first day of the month that is asked for (2023-09), by default of this one."""
    try:
        found = date.fromisoformat(f"{month}-01")
    except ValueError:
        return today.replace(day=1)
    return found if 1950 <= found.year <= 2100 else today.replace(day=1)  # the years of which days off are known


def _grid(first: date) -> list[date]:
    """Whole weeks, from Monday."""
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    return [day for week in weeks for day in week]


def _chosen(rows: QuerySet[Milestone], asked: _Asked, plans: list[Plan], viewer: Person) -> QuerySet[Milestone]:
    rows = rows.filter(plan__in=[plan.pk for plan in plans]).exclude(state=State.CANCELLED)
    if asked.lead:
        rows = rows.filter(lead__code=asked.lead)
    return rows.filter(access.led_by_viewer(viewer)) if asked.mine else rows


def _leads(plans: list[Plan], chosen: str) -> list[Choice]:
    leading = Milestone.objects.filter(plan__in=[plan.pk for plan in plans]).order_by().values("lead")
    found = Organisation.objects.filter(Q(pk__in=leading) | Q(code=chosen)).order_by("code")
    return [Choice(one.code, str(one), one.code == chosen) for one in found]


def _ledger(asked: _Asked, on: date) -> str:
    query = {"due_from": on.isoformat(), "due_to": on.isoformat()}
    query |= {name: value for name, value in (("plan", asked.plan), ("lead", asked.lead)) if value}
    return f"{reverse('ledger')}?{urlencode(query)}"
