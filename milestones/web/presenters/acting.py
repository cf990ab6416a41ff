"""What must one see beside the form of an action: how the milestone stands, and what it does to others?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from milestones import wording
from milestones.actors import Actor
from milestones.models import Milestone
from milestones.planning import ripples
from milestones.status_reports import queries
from milestones.web.actions import Action
from milestones.web.facts import Fact
from milestones.web.moment import Moment
from milestones.web.presenters.ties import codes
from milestones.web.presenters.verdict import fact_of, verdict

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Acting:
    fact: Fact
    verdict: str
    facts: Facts
    is_wide: bool


def acting(milestone: Milestone, action: Action, form: Any, actor: Actor, at: Moment) -> Acting:
    fact, today = fact_of(milestone, at), at.today(milestone.plan.zone)
    more = _MORE.get(action.name, _nothing)(milestone, form, actor, at)
    return Acting(fact, verdict(milestone, fact, today, at.calendar), list(more), action.name == "edit")


def _nothing(milestone: Milestone, form: Any, actor: Actor, at: Moment) -> Facts:
    return []


def _submitted(milestone: Milestone, form: Any, actor: Actor, at: Moment) -> Facts:
    """What is verified: when it was done, and in which words."""
    if milestone.actual is None:
        return []
    done = wording.period_with_day(milestone.actual, year=milestone.plan.year)
    return [(_("Actual"), done), (_("Statement"), milestone.statement)]


def _dates(milestone: Milestone, form: Any, actor: Actor, at: Moment) -> Iterable[tuple[str, str]]:
    """The promise, the last report, and, of a date that was typed, whom it would push back."""
    year = milestone.plan.year
    yield _("First promise"), wording.period_with_day(milestone.baseline, year=year)
    if last := queries.last_before(milestone, at.today(milestone.plan.zone)):
        said = {"progress": last.progress, "day": wording.day(last.as_of, year=year)}
        yield _("Last report"), _("%(progress)s per cent, as of %(day)s") % said
    given = getattr(form, "cleaned_data", {})
    if typed := given.get("due") or given.get("expected"):
        pushed = ripples.of_milestone(milestone, actor).if_expected(milestone, due=typed)
        if pushed:
            yield _("Would push back"), codes(pushed, milestone)


_MORE: dict[str, Callable[..., Iterable[tuple[str, str]]]] = {
    "verify": _submitted,
    "return": _submitted,
    "reschedule": _dates,
    "extend": _dates,
    "forecast": _dates,
}
