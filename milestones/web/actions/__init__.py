"""Which verbs of a milestone does a page offer, with which form, and which of them is the obvious next step?"""

from __future__ import annotations

from milestones import access
from milestones.actors import Actor
from milestones.models import Milestone, State

from . import dates, progress, steps, who
from .action import Action, Group

__all__ = ["ALL", "BY_NAME", "Action", "Group", "obvious", "offered"]

ALL = [*steps.ALL, *progress.ALL, *dates.ALL, *who.ALL]
BY_NAME = {action.name: action for action in ALL}


def offered(milestone: Milestone, actor: Actor) -> list[Action]:
    """What this actor may do to this milestone as it is now."""
    return [action for action in ALL if action.fits(milestone) and may(action, milestone, actor)]


def obvious(milestone: Milestone, actions: list[Action]) -> Action | None:
    """The one next step among the offered ones; None when nothing waits for this person."""
    by_name = {action.name: action for action in actions}
    if not milestone.accountable_id and "assign" in by_name:
        return by_name["assign"]
    if "verify" in by_name:
        return by_name["verify"]
    if milestone.state == State.IN_PROGRESS:
        return by_name.get("submit")
    return by_name.get("start")


def may(action: Action, milestone: Milestone, actor: Actor) -> bool:
    if action.name == "verify" and actor.person and milestone.submitted_by_id == actor.person.pk:
        return False
    return access.may(actor, action.right, milestone)
