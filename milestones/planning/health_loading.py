"""How does what the health of milestones hangs on come out of the database? Three queries, however many they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from milestones.models import OPEN_STATES, Dependency, Health, HealthOverride, Milestone, StatusReport
from milestones.models.base import fuzzy
from milestones.workdays.periods import FuzzyDate

from .cadence import Cadence
from .health import Facts, Override, Report

OWN = (
    "state",
    "due_on",
    "due_precision",
    "forecast_on",
    "forecast_precision",
    "actual_on",
    "actual_precision",
    "created_at",
)
OF_PLAN = (
    "state",
    "time_zone",
    "starts_on",
    "activated_at",
    "report_cadence",
    "report_day",
    "weekly_from",
    "warning_days",
    "tolerance",
)
COLUMNS = (*OWN, *(f"plan__{name}" for name in OF_PLAN))
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Around:
    """What lies in other tables, by milestone. A report is the last that counts, a predecessor the first of the red."""

    reports: Mapping[Any, Report] = field(default_factory=dict)
    overrides: Mapping[Any, Override] = field(default_factory=dict)
    red: Mapping[Any, str] = field(default_factory=dict)


def around(milestones: Collection[Any], now: datetime) -> Around:
    """Of these, by primary key."""
    return Around(_reports(milestones), _overrides(milestones, now), _red(milestones))


def row(milestone: Milestone, values: Row, now: datetime) -> dict[str, Any]:
    """A milestone in hand, with the columns `values` that are about to be written; one not yet stored is made now."""
    plan = milestone.plan
    own = {name: values.get(name, getattr(milestone, name)) for name in OWN}
    return {**own, **{f"plan__{name}": getattr(plan, name) for name in OF_PLAN}, "created_at": own["created_at"] or now}


def facts(found: Row, pk: Any, near: Around) -> Facts:
    begins, since = beginnings(found)
    return Facts(
        plan_state=found["plan__state"],
        state=found["state"],
        due=_date(found, "due") or FuzzyDate(found["due_on"]),
        begins=begins,
        since=since,
        forecast=_date(found, "forecast"),
        actual=_date(found, "actual"),
        cadence=_cadence(found["plan__report_cadence"], found["plan__report_day"], found["plan__weekly_from"]),
        warning_days=found["plan__warning_days"],
        tolerance=found["plan__tolerance"],
        report=near.reports.get(pk),
        red_predecessor=near.red.get(pk),
        override=near.overrides.get(pk),
    )


def today(found: Row, now: datetime) -> date:
    """The day of the plan."""
    return now.astimezone(_zone(found["plan__time_zone"])).date()


def tomorrow(found: Row, now: datetime) -> datetime:
    """The beginning of the plan's next day."""
    zone = _zone(found["plan__time_zone"])
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), datetime.min.time(), zone)


def beginnings(found: Row) -> tuple[date, date]:
    """From when time runs for the progress, and since when reports are a duty.

    A milestone of the first hour has the plan's whole time, one added later the time since; nobody reports before the
    plan is active.
    """
    zone, activated = _zone(found["plan__time_zone"]), found["plan__activated_at"]
    created = found["created_at"].astimezone(zone).date()
    if activated is None or found["created_at"] <= activated:
        since = activated.astimezone(zone).date() if activated else created
        return found["plan__starts_on"], since
    return max(found["plan__starts_on"], created), created


def _reports(milestones: Collection[Any]) -> dict[Any, Report]:
    newest = StatusReport.objects.reported().filter(milestone=OuterRef("pk")).order_by("-as_of", "-id")
    found = (
        Milestone.objects.filter(pk__any_of=milestones)
        .order_by()
        .annotate(as_of=Subquery(newest.values("as_of")[:1]), progress=Subquery(newest.values("progress")[:1]))
        .values_list("pk", "as_of", "progress")
    )
    return {pk: Report(as_of, progress) for pk, as_of, progress in found if as_of is not None}


def _overrides(milestones: Collection[Any], now: datetime) -> dict[Any, Override]:
    """Those that may be in force somewhere on earth; the rules ask for the plan's own day."""
    rows = HealthOverride.objects.in_force(now.date() - timedelta(days=1)).filter(milestone__id__any_of=milestones)
    found = rows.order_by("created_at", "id").values_list("milestone_id", "health", "until")
    return {pk: Override(health, until) for pk, health, until in found}


def _red(milestones: Collection[Any]) -> dict[Any, str]:
    red = {"predecessor__health": Health.RED, "predecessor__state__in": OPEN_STATES}
    rows = Dependency.objects.filter(successor__id__any_of=milestones, **red)
    return dict(rows.order_by("-predecessor__code").values_list("successor_id", "predecessor__code"))


def _date(found: Row, name: str) -> FuzzyDate | None:
    return fuzzy(found[f"{name}_on"], found[f"{name}_precision"])


@lru_cache(maxsize=256)
def _cadence(every: str, day: int, weeks: int) -> Cadence:
    return Cadence(every, day, weeks)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
