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
from milestones.evidence import operations, rules
from milestones.models import Evidence, Milestone
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
    return [BY_NAME[verb] for verb in rules.decidable(piece, milestone) if _may(BY_NAME[verb], piece, milestone, actor)]


def _may(decision: Decision, piece: Evidence, milestone: Milestone, actor: Actor) -> bool:
    if decision.name == "verify" and actor.person is not None and piece.added_by_id == actor.person.pk:
        return False
    return access.may(actor, decision.right, milestone)
