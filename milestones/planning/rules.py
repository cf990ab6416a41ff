"""What must hold before a milestone is written? Each refusal names its field and says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.errors import RuleBroken, StateConflict
from milestones.models import CLOSED_STATES, Milestone, PartyRole, Plan, PlanState, State

from . import sources

PLAIN = (
    "workstream",
    "code",
    "title",
    "title_en",
    "kind",
    "stage",
    "description",
    "criterion",
    "weight",
    "lead",
    "parent",
    "policy",
    "source_start",
    "source_end",
)
EDITABLE = frozenset([*PLAIN, "due", "forecast", "accountable"])
# Columns that need a right of their own; all others are a matter of "milestone.edit".
RIGHTS = {"due": "milestone.reschedule", "accountable": "milestone.assign", "forecast": "milestone.forecast"}


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("Moving a date needs a reason; say why in a sentence.")


class PlanClosed(StateConflict):
    code = "plan_closed"
    message = _("The plan is closed; nothing in it can be changed.")


def check_plan_open(plan: Plan) -> None:
    if plan.state == PlanState.CLOSED:
        raise PlanClosed


def check_rights(milestone: Milestone, names: set[str], with_parties: bool, actor: Actor) -> None:
    for verb in rights_for(names, with_parties):
        access.require(actor, verb, milestone)


def rights_for(names: set[str], with_parties: bool) -> set[str]:
    """What one must be allowed to do in order to write these columns."""
    asked = {RIGHTS.get(name, "milestone.edit") for name in names}
    return asked | ({"milestone.edit"} if with_parties or not names else set())


def check_values(milestone: Milestone, values: Mapping[str, Any]) -> None:
    """Rules on single columns and on the rows they point to."""
    if "title" in values and not str(values["title"]).strip():
        raise RuleBroken(_("A milestone needs a title."), field="title", code="missing")
    if isinstance(values.get("weight"), int) and values["weight"] < 1:
        raise RuleBroken(_("The weight is a whole number of at least 1."), field="weight", code="weight")
    sources.check_span(milestone, values)
    _check_references(milestone, values)


def check_parties(recorded: Sequence[Any]) -> None:
    if any(role not in PartyRole.values for role, *_who in recorded):
        raise RuleBroken(_("A party is responsible, supporting or supervisor."), field="parties", code="choice")
    if any(recorded.count(party) > 1 for party in recorded):
        raise RuleBroken(_("One party stands here twice; remove one of them."), field="parties", code="duplicate")


def check_reach(milestone: Milestone, parties: Sequence[Any], actor: Actor) -> None:
    """A client does not make what it would not see."""
    units = {milestone.lead_id, *(party.organisation.pk for party in parties)}
    if not access.would_reach(actor, milestone.plan, units):
        words = _("It would lie outside what this client may touch: name one of its organisations as lead or party.")
        raise RuleBroken(words, field="lead", code="outside_reach")


def check_dates(milestone: Milestone, touched: Mapping[str, Any], reason: str) -> None:
    if "due" in touched and touched["due"] is None:
        raise RuleBroken(_("A milestone needs a due date."), field="due", code="missing")
    moved = {"due", "forecast"} & set(touched)
    if not moved or milestone.plan.is_draft:
        return
    if not reason.strip():
        raise ReasonMissing(field="reason")
    if milestone.state in CLOSED_STATES or ("due" in moved and milestone.state == State.SUBMITTED):
        message = _("This milestone is %(state)s; its dates do not move.")
        raise StateConflict(message % {"state": milestone.get_state_display()}, field=min(moved))


def _check_references(milestone: Milestone, values: Mapping[str, Any]) -> None:
    if (stream := values.get("workstream")) and stream.plan_id != milestone.plan_id:
        raise RuleBroken(_("The workstream belongs to another plan."), field="workstream", code="other_plan")
    if (person := values.get("accountable")) and not person.is_active:
        raise RuleBroken(_("This person is not active; choose another."), field="accountable", code="inactive")
    if (lead := values.get("lead")) and not lead.is_active:
        raise RuleBroken(_("This organisation is not active; choose another."), field="lead", code="inactive")
    if parent := values.get("parent"):
        _check_parent(milestone, parent)


def _check_parent(milestone: Milestone, parent: Milestone) -> None:
    if parent.plan_id != milestone.plan_id:
        raise RuleBroken(_("The parent milestone belongs to another plan."), field="parent", code="other_plan")
    above: Milestone | None = parent
    while above is not None:
        if above.pk == milestone.pk:
            raise RuleBroken(_("A milestone cannot stand below itself."), field="parent", code="cycle")
        above = above.parent
