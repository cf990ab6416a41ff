"""Why does a milestone stand as it does: which rule speaks, and what do those say that do not?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from milestones import wording
from milestones.changes import health_words
from milestones.models import Health, HealthOverride, Milestone
from milestones.planning import health_loading
from milestones.planning.health import Facts, assess
from milestones.web.decisions import offered
from milestones.web.moment import Moment
from milestones.web.presenters.links import Link, links


@dataclass(frozen=True)
class Override:
    """What a leader said, until when and why; `acts` lead to taking it back."""

    said: str
    reason: str
    by: str
    acts: list[Link]


@dataclass(frozen=True)
class Story:
    """`health` is what is stored, as every list shows it; `fired` are the reasons that apply, the gravest first, `calm`
    the rules that do not. Until the job has been by, whatever the day changed is not told."""

    health: str
    label: str
    fired: list[str]
    calm: list[str]
    override: Override | None


def story(milestone: Milestone, at: Moment, actor: Any) -> Story | None:
    """None where nothing is assessed: in drafts, and of what was cancelled."""
    year, now = milestone.plan.year, at.now
    row = health_loading.row(milestone, {}, now)
    facts = health_loading.facts(row, milestone.pk, health_loading.around([milestone.pk], now))
    today = health_loading.today(row, now)
    found = assess(facts, today, at.calendar)
    if milestone.health is None:
        return None
    agrees = found.health == milestone.health
    codes = {reason.code for reason in found.reasons}
    works = agrees and milestone.state in ("planned", "in_progress")
    stored = health_words.reason(milestone.health_reason, year=year)
    return Story(
        health=milestone.health,
        label=str(Health(milestone.health).label),
        fired=[_said(reason, year) for reason in found.reasons] if agrees else [stored],
        calm=list(_calm(facts, codes)) if works else [],
        override=_override(milestone, actor, at) if facts.override else None,
    )


def _said(reason: Any, year: int) -> str:
    return health_words.reason({"code": reason.code, "params": dict(reason.params)}, year=year)


def _calm(facts: Facts, codes: set[str]) -> Iterator[str]:
    """A phrase for each rule that looked and found nothing."""
    if "overdue" not in codes:
        yield _("not overdue")
    if "forecast_late" not in codes and facts.forecast is not None and "forecast_passed" not in codes:
        yield _("the forecast is not later than the commitment")
    if not codes & {"due_soon_unreported", "report_late"}:
        yield _("reports are current") if facts.report else _("no report is missing yet")
    if "behind_pace" not in codes and facts.report is not None:
        yield _pace(facts)
    if "predecessor_red" not in codes:
        yield _("no predecessor is late")


def _pace(facts: Facts) -> str:
    assert facts.report is not None
    passed = expected(facts.begins, facts.due.effective_day, facts.report.as_of)
    behind = passed - facts.report.progress
    said = {"progress": facts.report.progress, "expected": passed, "behind": behind, "tolerance": facts.tolerance}
    if behind > 0:
        words = _("%(progress)s %% reported, %(behind)s points behind the pace, within the tolerance of %(tolerance)s")
        return words % said
    return _("%(progress)s %% reported, when %(expected)s %% of the time had passed") % said


def expected(begins: date, due: date, day: date) -> int:
    """序时进度: how much of the time from `begins` to `due` had passed at the end of `day`, in whole per cent."""
    total = max((due - begins).days + 1, 1)
    return 100 * min(max((day - begins).days + 1, 0), total) // total


def expected_today(milestone: Milestone, now: datetime) -> int:
    row = health_loading.row(milestone, {}, now)
    facts = health_loading.facts(row, milestone.pk, health_loading.Around())
    return expected(facts.begins, facts.due.effective_day, health_loading.today(row, now))


def _override(milestone: Milestone, actor: Any, at: Moment) -> Override | None:
    today = at.today(milestone.plan.zone)
    rows = HealthOverride.objects.in_force(today).filter(milestone=milestone).select_related("given_by")
    found = rows.order_by("created_at", "id").last()
    if found is None:
        return None
    found.milestone = milestone
    until = wording.day(found.until, year=milestone.plan.year)
    said = _("Set by hand: %(health)s until %(day)s") % {"health": found.get_health_display(), "day": until}
    acts = links(found.pk, offered("override", found, milestone, actor))
    return Override(said, found.reason, str(found.given_by or ""), acts)
