"""What may be decided about a piece of evidence on its page?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from milestones import access
from milestones.actors import Actor
from milestones.evidence import operations
from milestones.models import EVIDENCE_TRANSITIONS, Evidence, Milestone, State
from milestones.web.forms import acts


@dataclass(frozen=True)
class Decision:
    """`name` is its word in the address; `perform` is one domain call."""

    name: str
    label: Promise
    said: Promise
    form: type[acts.DecisionForm]
    perform: Callable[..., object]

    @property
    def right(self) -> str:
        return f"evidence.{self.name}"

    def suits(self, piece: Evidence, milestone: Milestone) -> bool:
        """Whether the states allow it, whoever asks."""
        if not milestone.plan.is_active or milestone.state == State.CANCELLED:
            return False
        if milestone.state == State.COMPLETED and piece.stands and self.name != "verify":
            return False
        return piece.state in EVIDENCE_TRANSITIONS[self.name][0]


def _with_reason(verb: Callable[..., object]) -> Callable[..., object]:
    return lambda piece, form, **how: verb(piece, reason=form.cleaned_data["reason"], **how)


def _verify(piece: Evidence, _form: Any, **how: Any) -> None:
    operations.verify(piece, **how)


ALL = [
    Decision("verify", pgettext_lazy("evidence", "Verify"), _("The piece of evidence is verified."),
             acts.DecisionForm, _verify),
    Decision("reject", pgettext_lazy("evidence", "Reject"), _("The piece of evidence is rejected, with your reason."),
             acts.DecisionWithReason, _with_reason(operations.reject)),
    Decision("withdraw", pgettext_lazy("evidence", "Withdraw"),
             _("The piece of evidence is withdrawn; it stays in the history."),
             acts.DecisionWithReason, _with_reason(operations.withdraw)),
]  # fmt: skip
BY_NAME = {decision.name: decision for decision in ALL}


def offered(piece: Evidence, milestone: Milestone, actor: Actor) -> list[Decision]:
    """What this actor may decide about this piece of this milestone as it is now."""
    return [one for one in ALL if one.suits(piece, milestone) and _may(one, piece, milestone, actor)]


def _may(decision: Decision, piece: Evidence, milestone: Milestone, actor: Actor) -> bool:
    if decision.name == "verify" and actor.person is not None and piece.added_by_id == actor.person.pk:
        return False
    return access.may(actor, decision.right, milestone)
