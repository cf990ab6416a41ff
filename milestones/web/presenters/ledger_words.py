"""What are the ledger's columns, filters and values called?"""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from milestones.ledger.query import NONE
from milestones.ledger.selecting import OPEN, UNASSIGNED
from milestones.models import Health, Kind, State
from milestones.planning.facts import Fact


def heading(name: str) -> str:
    return {
        "plan": _("Plan"),
        "code": _("Code"),
        "health": _("Health"),
        "title": _("Milestone"),
        "workstream": _("Workstream"),
        "kind": _("Kind"),
        "lead": _("Lead"),
        "owner": _("Owner"),
        "accountable": _("Owner"),
        "state": _("State"),
        "weight": _("Weight"),
        "baseline": _("First promise"),
        "due": _("Due"),
        "forecast": _("Forecast"),
        "actual": _("Actual"),
        "slip": pgettext("column", "Slip"),
        "progress": _("Progress"),
        "report": _("Report"),
        "reason": _("Why"),
        "show": _("Only"),
        "due_from": _("Due from"),
        "due_to": _("Due until"),
        "q": _("Search"),
        "order": _("Sorted by"),
    }[name]


def states() -> dict[str, str]:
    return {OPEN: _("not yet verified"), **{one.value: str(one.label) for one in State}}


def healths() -> dict[str, str]:
    return {
        **{one.value: str(one.label) for one in (Health.RED, Health.YELLOW, Health.GREEN, Health.MADE_UP, Health.DONE)},
        NONE: _("without health"),
    }


def kinds() -> dict[str, str]:
    return {one.value: str(one.label) for one in Kind}


def facts() -> dict[str, str]:
    return {**{fact.value: str(fact.label) for fact in Fact}, UNASSIGNED: _("without owner")}


def short_day(day: date, year: int | None) -> str:
    """09-27, with its year when that is not `year`."""
    return date_format(day, pgettext("short day", "M j") if day.year == year else pgettext("short day", "M j, Y"))
