"""What do the states of a piece of evidence, of its milestone and of its plan allow, whoever asks?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from milestones.errors import StateConflict
from milestones.models import EVIDENCE_TRANSITIONS, Evidence, Milestone, State
from milestones.planning.rules import check_plan_open


class Presented(StateConflict):
    """It is why the milestone counts as completed."""

    code = "presented"
    message = _("The milestone was verified with this piece; reopen the milestone first.")


def check_takes_evidence(milestone: Milestone) -> None:
    """In an active plan, whatever the state but cancelled: what arrives after completion is kept too."""
    check_plan_open(milestone.plan)
    if not milestone.plan.is_active:
        raise StateConflict(_("The plan is not active; activate it first."), code="plan_not_active")
    if milestone.state == State.CANCELLED:
        raise StateConflict(_("This milestone is cancelled; reopen it first."))


def check_decidable(verb: str, piece: Evidence, milestone: Milestone) -> None:
    """`milestone` is that of the piece as it is now."""
    check_takes_evidence(milestone)
    if piece.state not in EVIDENCE_TRANSITIONS[verb][0]:
        message = _("This piece of evidence is %(state)s; that does not allow this step.")
        raise StateConflict(message % {"state": piece.get_state_display()})
    verified_at = milestone.verified_at if milestone.state == State.COMPLETED else None
    if verb != "verify" and piece.stands and verified_at is not None and piece.created_at <= verified_at:
        raise Presented


def decidable(piece: Evidence, milestone: Milestone) -> list[str]:
    """The verbs that `check_decidable` lets pass."""
    return [verb for verb in EVIDENCE_TRANSITIONS if _passes(verb, piece, milestone)]


def takes_evidence(milestone: Milestone) -> bool:
    return milestone.plan.is_active and milestone.state != State.CANCELLED


def _passes(verb: str, piece: Evidence, milestone: Milestone) -> bool:
    try:
        check_decidable(verb, piece, milestone)
    except StateConflict:
        return False
    return True
