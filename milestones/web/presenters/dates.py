"""What do a milestone's four dates say, how do they relate, and how did each move?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones import wording
from milestones.models import DateRevision, Milestone
from milestones.planning.slips import FirstPromise, first_promises
from milestones.web.presenters import words
from milestones.workdays import Calendar, FuzzyDate


@dataclass(frozen=True)
class Revision:
    old: FuzzyDate | None
    new: FuzzyDate | None
    reason: str
    by: str


@dataclass(frozen=True)
class DateColumn:
    """One of the four dates: what it says, how it relates to the others, and every revision, newest first."""

    name: str
    label: str
    value: FuzzyDate | None
    none_yet: str
    note: str
    is_late: bool
    revisions: list[Revision]


def date_columns(milestone: Milestone, today: date, calendar: Calendar) -> list[DateColumn]:
    revisions = list(milestone.date_revisions.order_by("-at", "-id"))
    due, forecast, actual = milestone.due, milestone.forecast, milestone.actual
    first = first_promises([milestone.pk]).get(milestone.pk) if milestone.carried_from_id else None
    baseline = first.baseline if first else milestone.baseline
    moved = calendar.count(baseline.on, due.on)
    return [
        DateColumn("baseline", _("First promise"), baseline, "", _promised(milestone, first), False, []),
        DateColumn(
            "due",
            _("Due"),
            due,
            "",
            _join(words.until(today, due, calendar) if milestone.is_open else "", _moved(moved)),
            milestone.is_overdue(today),
            _revisions(revisions, "due"),
        ),
        DateColumn(
            "forecast",
            _("Forecast"),
            forecast,
            _("none given"),
            _against(forecast, due, calendar) or _("The owner says when it is now expected."),
            forecast is not None and forecast.on > due.on,
            _revisions(revisions, "forecast"),
        ),
        DateColumn(
            "actual",
            _("Actual"),
            actual,
            _("not yet"),
            _against(actual, due, calendar) or _("Given when it is submitted as done."),
            actual is not None and actual.on > due.on,
            _revisions(revisions, "actual"),
        ),
    ]


def _promised(milestone: Milestone, first: FirstPromise | None) -> str:
    """What a carried milestone was promised in which plan, and what in this one."""
    if first is None:
        return counts_as(milestone.baseline)
    said = {"plan": first.plan.code, "here": wording.period_with_day(milestone.baseline)}
    return _join(_("promised in %(plan)s; in this plan for %(here)s") % said, counts_as(first.baseline))


def _join(*parts: str) -> str:
    return _("; ").join(part for part in parts if part)


def _moved(days: int) -> str:
    return _("%(slip)s than first promised") % {"slip": words.slip(days)} if days else ""


def _against(value: FuzzyDate | None, due: FuzzyDate, calendar: Calendar) -> str:
    if value is None:
        return ""
    slip = calendar.count(due.on, value.on)
    if value.on == due.on or slip == 0:
        return _("as due")
    return _("%(slip)s than due") % {"slip": words.slip(slip)}


def counts_as(value: FuzzyDate) -> str:
    return _("Not fixed to a day; it counts as %(day)s.") % {"day": short_day(value.on)} if value.is_fuzzy else ""


def _revisions(found: Iterable[DateRevision], which: str) -> list[Revision]:
    return [
        Revision(row.old, row.new, row.why, _by(row.at, row.actor_label, row.via))
        for row in found
        if row.which == which
    ]


def _by(at: datetime, label: str, via: str) -> str:
    return f"{short_day(timezone.localtime(at).date())} {words.by(label, via)}"


def short_day(day: date) -> str:
    return date_format(day, _("F j"))
