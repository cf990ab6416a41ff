"""How does a milestone stand on a day, and why? Pure.

Reasons are codes with dates, so that they stay the same overnight. The rules are told in docs/algorithms/health.md, the
words are in milestones/changes/health_words.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from milestones.models import Health, PlanState, State
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate

from .cadence import USUAL, Cadence, Schedule

BEHIND = "behind_pace"


@dataclass(frozen=True, slots=True)
class Report:
    """The last report that counts: submitted or accepted, of the latest day. `progress` in per cent."""

    as_of: date
    progress: int


@dataclass(frozen=True, slots=True)
class Override:
    """What a leader said; it counts until the end of `until`."""

    health: str
    until: date


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the health of one milestone hangs on, besides the day and the calendar.

    `begins` is the day from which time runs for its progress, `since` the day since which reports are a duty;
    `warning_days` are working days, `tolerance` percentage points; `red_predecessor` is the code of one.
    """

    plan_state: str
    state: str
    due: FuzzyDate
    begins: date
    since: date
    forecast: FuzzyDate | None = None
    actual: FuzzyDate | None = None
    cadence: Cadence = USUAL
    warning_days: int = 14
    tolerance: int = 10
    report: Report | None = None
    red_predecessor: str | None = None
    override: Override | None = None

    @property
    def as_of(self) -> date | None:
        return self.report.as_of if self.report else None


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` says which rule speaks, `params` about what: codes, numbers and dates as JSON holds them."""

    health: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """Every reason that applies, the gravest first: that one decides. None at all: no health (draft, cancelled)."""

    reasons: tuple[Reason, ...] = ()

    @property
    def health(self) -> str | None:
        return str(self.reasons[0].health) if self.reasons else None

    @property
    def reason(self) -> dict[str, Any] | None:
        """As it is stored: {"code", "params"}."""
        return {"code": self.reasons[0].code, "params": dict(self.reasons[0].params)} if self.reasons else None


def behind_since(facts: Facts, found: Assessment, known: date | None, today: date) -> date | None:
    """The day of the plan since which it is behind 序时进度 without a break, whatever graver reason stands first;
    `known` is the day that was stored. None when it keeps up, is reported as done, or its plan is not active."""
    if facts.plan_state != PlanState.ACTIVE or not any(reason.code == BEHIND for reason in found.reasons):
        return None
    return known or today


def assess(facts: Facts, today: date, days: Calendar) -> Assessment:
    """The health at `today`, a day of the plan. An override in force stands first, what was computed after it."""
    computed = tuple(_reasons(facts, today, days))
    override = facts.override
    if override is None or today > override.until or facts.plan_state == PlanState.DRAFT or not _is_open(facts):
        return Assessment(computed)
    params = {"health": str(computed[0].health), "until": override.until.isoformat()}
    return Assessment((Reason(override.health, "override", params), *computed))


def _reasons(facts: Facts, today: date, days: Calendar) -> Iterator[Reason]:
    if facts.plan_state == PlanState.DRAFT or facts.state == State.CANCELLED:
        return
    if facts.state == State.COMPLETED:
        yield _completed(facts)
    elif facts.state == State.SUBMITTED:
        yield _submitted(facts)
    else:
        found = [reason for rule in RULES if (reason := rule(facts, today, days)) is not None]
        yield from found or [Reason(Health.GREEN, "on_track")]


def _is_open(facts: Facts) -> bool:
    return facts.state not in (State.COMPLETED, State.CANCELLED)


def _completed(facts: Facts) -> Reason:
    if _is_later(facts.actual, facts.due):
        return Reason(Health.MADE_UP, "made_up", {"actual": said(facts.actual), "due": said(facts.due)})
    return Reason(Health.DONE, "done", {"actual": said(facts.actual)})


def _submitted(facts: Facts) -> Reason:
    """What was reported as done counts from its own date, however long the verifier takes."""
    if _is_later(facts.actual, facts.due):
        return Reason(Health.RED, "submitted_late", {"actual": said(facts.actual), "due": said(facts.due)})
    return Reason(Health.GREEN, "awaiting_verification", {"actual": said(facts.actual)})


# The rules of what is still to be done, in order of gravity


def _overdue(facts: Facts, today: date, days: Calendar) -> Reason | None:
    """From the calendar day after the effective day."""
    return Reason(Health.RED, "overdue", {"due": said(facts.due)}) if today > facts.due.effective_day else None


def _forecast_late(facts: Facts, today: date, days: Calendar) -> Reason | None:
    if not _is_later(facts.forecast, facts.due):
        return None
    return Reason(Health.RED, "forecast_late", {"forecast": said(facts.forecast), "due": said(facts.due)})


def _forecast_passed(facts: Facts, today: date, days: Calendar) -> Reason | None:
    """It was expected for a day that is over, and nobody has said what is expected now."""
    if facts.forecast is None or today <= facts.forecast.effective_day:
        return None
    return Reason(Health.YELLOW, "forecast_passed", {"forecast": said(facts.forecast)})


def _due_soon_unreported(facts: Facts, today: date, days: Calendar) -> Reason | None:
    opens = days.subtract(days.on_or_before(facts.due.effective_day), facts.warning_days)
    if today < opens or _schedule(facts, days).is_current(facts.as_of, today):
        return None
    return Reason(Health.YELLOW, "due_soon_unreported", {"due": said(facts.due), "as_of": _iso(facts.as_of)})


def _report_late(facts: Facts, today: date, days: Calendar) -> Reason | None:
    missed = _schedule(facts, days).missed(facts.as_of, today)
    if missed is None:
        return None
    return Reason(Health.YELLOW, "report_late", {"expected": _iso(missed.deadline), "as_of": _iso(facts.as_of)})


def _behind_pace(facts: Facts, today: date, days: Calendar) -> Reason | None:
    """序时进度: of the days from `begins` to the effective day, how many had passed at the end of the report's day?"""
    if facts.report is None:
        return None
    total = max((facts.due.effective_day - facts.begins).days + 1, 1)
    passed = min(max((facts.report.as_of - facts.begins).days + 1, 0), total)
    if (facts.report.progress + facts.tolerance) * total >= 100 * passed:
        return None
    known = {"as_of": _iso(facts.report.as_of), "progress": facts.report.progress}
    return Reason(Health.YELLOW, BEHIND, {**known, "expected": 100 * passed // total})


def _predecessor_red(facts: Facts, today: date, days: Calendar) -> Reason | None:
    code = facts.red_predecessor
    return Reason(Health.YELLOW, "predecessor_red", {"code": code}) if code else None


RULES = (
    _overdue,
    _forecast_late,
    _forecast_passed,
    _due_soon_unreported,
    _report_late,
    _behind_pace,
    _predecessor_red,
)


def said(value: FuzzyDate | None) -> dict[str, str] | None:
    """A fuzzy date as JSON holds it everywhere: {"on", "precision"}."""
    return {"on": value.on.isoformat(), "precision": str(value.precision)} if value else None


def _is_later(value: FuzzyDate | None, due: FuzzyDate) -> bool:
    return value is not None and value.effective_day > due.effective_day


def _schedule(facts: Facts, days: Calendar) -> Schedule:
    return Schedule(facts.cadence, facts.due.effective_day, facts.since, days)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
