"""What of a plan would go on in the next one, due when, and what must somebody decide first?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.errors import RuleBroken, StateConflict
from milestones.models import Milestone, Plan, PlanState, State
from milestones.workdays.periods import FuzzyDate, Precision, period_of

from .rules import check_plan_open


class Question(models.TextChoices):
    """What carrying over does not know by itself; only a taken code stands in its way."""

    CODE_TAKEN = "code_taken", _("another milestone of the new plan has this code: rename it there, or leave this one")
    DATE_OPEN = "date_open", _("no forecast lies in the new period: within the year, unless a date is given")
    OWNER_LEFT = "owner_left", _("the owner is no longer active: the copy is unassigned")
    LEAD_RETIRED = "lead_retired", _("the lead organisation is no longer active: the copy has no lead")
    SUBMITTED = "submitted", _("it is submitted as done: verify or return it first, or it goes on in the new plan")


@dataclass(frozen=True)
class Line:
    """An open milestone, when its copy would be due, and what is to be decided."""

    milestone: Milestone
    due: FuzzyDate
    questions: tuple[Question, ...] = ()

    @property
    def is_in_the_way(self) -> bool:
        return Question.CODE_TAKEN in self.questions


@dataclass(frozen=True)
class Preview:
    """`lines` would be copied, `carried` were before, `workstreams` would be made."""

    lines: tuple[Line, ...]
    carried: tuple[Milestone, ...]
    workstreams: tuple[str, ...]


def preview(plan: Plan, into: Plan, *, actor: Actor) -> Preview:
    """All that is open, in order of its dates; nothing is written. Raises Forbidden, RuleBroken, StateConflict."""
    check(plan, into, actor)
    rows = sources(plan)
    codes = taken(into, [row.code for row in rows])
    there = set(into.workstreams.values_list("code", flat=True))
    left = [row for row in rows if copy_of(row) is None]
    return Preview(
        lines=tuple(Line(row, proposed_due(row, into), _questions(row, into, codes)) for row in left),
        carried=tuple(row for row in rows if copy_of(row) is not None),
        workstreams=tuple(sorted({row.workstream.code for row in left} - there)),
    )


def check(plan: Plan, into: Plan, actor: Actor) -> None:
    """Whether `into` can go on with `plan` at all, and whether the actor may say so."""
    access.require(actor, "plan.carry_over", plan)
    access.require(actor, "plan.carry_over", into)
    if plan.state == PlanState.DRAFT:
        message = _("A draft has promised nothing yet; activate it, or move its milestones by an import.")
        raise StateConflict(message, field="plan", code="draft")
    if into.pk == plan.pk or into.ends_on <= plan.ends_on:
        message = _("Choose a plan that ends after this one.")
        raise RuleBroken(message, field="into", code="not_later")
    check_plan_open(into)


def sources(plan: Plan) -> list[Milestone]:
    """The open milestones of `plan`, with their copies, where there are."""
    rows = plan.milestones.open().order_by("due_on", "code")
    return list(rows.select_related("plan", "workstream__lead", "accountable", "lead", "policy", "carried_to__plan"))


def copy_of(milestone: Milestone) -> Milestone | None:
    """Where it was carried to; None when it was not."""
    return getattr(milestone, "carried_to", None)


def taken(into: Plan, codes: Collection[str]) -> set[str]:
    return set(into.milestones.filter(code__in=codes).values_list("code", flat=True))


def proposed_due(milestone: Milestone, into: Plan) -> FuzzyDate:
    """The forecast where it lies in the new plan's period, else the new plan's year."""
    forecast = milestone.forecast
    if forecast is not None and into.starts_on <= forecast.on <= into.ends_on:
        return forecast
    return period_of(date(into.year, 12, 31), Precision.YEAR)


def _questions(milestone: Milestone, into: Plan, codes: Collection[str]) -> tuple[Question, ...]:
    person, lead = milestone.accountable, milestone.lead
    asked = {
        Question.CODE_TAKEN: milestone.code in codes,
        Question.DATE_OPEN: proposed_due(milestone, into) != milestone.forecast,
        Question.OWNER_LEFT: person is not None and not person.is_active,
        Question.LEAD_RETIRED: lead is not None and not lead.is_active,
        Question.SUBMITTED: milestone.state == State.SUBMITTED,
    }
    return tuple(question for question, applies in asked.items() if applies)
