"""What does a milestone wait for, what waits for it, and which dates does that push back?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones import access, wording
from milestones.actors import Actor
from milestones.models import Dependency, Milestone
from milestones.planning import ripples
from milestones.planning.ripples import Ripple
from milestones.templatetags.pages import titled
from milestones.web.decisions import offered
from milestones.web.presenters.links import Link, links
from milestones.workdays import FuzzyDate

NEAR = ("plan",)  # the rights ask for ids of all else


@dataclass(frozen=True)
class Tie:
    """`date` is when the other milestone is expected; `lag` is said only where it is not 0."""

    other: Milestone
    title: str
    url: str
    date: FuzzyDate
    lag: str
    delay: str
    acts: list[Link]


@dataclass(frozen=True)
class Ties:
    """`delay` says that this milestone itself cannot be reached as expected; empty when nothing pushes it."""

    waits_for: list[Tie] = field(default_factory=list)
    waited_for: list[Tie] = field(default_factory=list)
    below: list[Tie] = field(default_factory=list)
    above: Tie | None = None
    delay: str = ""

    def __bool__(self) -> bool:
        return bool(self.waits_for or self.waited_for or self.below or self.above)


def ties(milestone: Milestone, actor: Actor) -> Ties:
    near = [f"{end}__{name}" for end in ("predecessor", "successor") for name in NEAR]
    both = Dependency.objects.filter(predecessor=milestone) | Dependency.objects.filter(successor=milestone)
    rows = list(access.visible(both, actor).select_related(*near).order_by("created_at", "id"))
    found = ripples.of_milestone(milestone, actor).ripples() if rows else {}
    before = [row for row in rows if row.successor_id == milestone.pk]
    after = [row for row in rows if row.predecessor_id == milestone.pk]
    children = access.visible(milestone.children.select_related("plan"), actor).order_by("due_on", "code")
    return Ties(
        waits_for=[_tie(row, row.predecessor, milestone, actor, found) for row in before],
        waited_for=[_tie(row, row.successor, milestone, actor, found) for row in after],
        below=[_relative(one, milestone) for one in children],
        above=_relative(milestone.parent, milestone) if milestone.parent else None,
        delay=_said(found.get(milestone.pk), milestone),
    )


def _tie(row: Dependency, other: Milestone, seen_from: Milestone, actor: Actor, found: Mapping[Any, Ripple]) -> Tie:
    """Deciding on it is asked of the successor's rights, who waits."""
    return Tie(
        other=other,
        title=f"{name(other, seen_from)} {titled(other)}",
        url=reverse("milestone", args=[other.plan.code, other.code]),
        date=other.actual or other.forecast or other.due,
        lag=_lag(row.lag),
        delay=_said(found.get(other.pk), seen_from) if other.pk != row.predecessor_id else "",
        acts=links(row.pk, offered("dependency", row, row.successor, actor)),
    )


def _relative(other: Milestone, seen_from: Milestone) -> Tie:
    url = reverse("milestone", args=[seen_from.plan.code, other.code])
    return Tie(other, f"{other.code} {titled(other)}", url, other.actual or other.forecast or other.due, "", "", [])


def _lag(lag: int) -> str:
    return ngettext("%(n)s working day between", "%(n)s working days between", abs(lag)) % {"n": lag} if lag else ""


def _said(ripple: Ripple | None, seen_from: Milestone) -> str:
    """“not before 7 October, 5 working days later than expected, because of FIN-01”"""
    if ripple is None:
        return ""
    delay = ripple.delay
    words = ngettext(
        "not before %(day)s, %(count)s working day later than expected, because of %(code)s",
        "not before %(day)s, %(count)s working days later than expected, because of %(code)s",
        delay.days,
    )
    day = wording.period_with_day(delay.to) if delay.to.is_fuzzy else wording.day(delay.earliest)
    return words % {"day": day, "count": delay.days, "code": name(ripple.because, seen_from)}


def name(milestone: Milestone, seen_from: Milestone) -> str:
    """The code, with the plan's when it is another."""
    other = milestone.plan_id != seen_from.plan_id
    return f"{milestone.plan.code}/{milestone.code}" if other else milestone.code


def codes(rippled: Iterable[Ripple], seen_from: Milestone) -> str:
    return _(", ").join(name(one.milestone, seen_from) for one in rippled)
