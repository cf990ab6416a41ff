"""Who must hear of a change at once? Nobody is told of what they did themselves; drafts tell nobody.

Rendered before the transaction that stores them.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from milestones.actors import Actor
from milestones.mail import catalogue
from milestones.models import Milestone, OutgoingMail, Person

from . import revisions


def of_change(
    milestone: Milestone, touched: Mapping[str, Any], *, actor: Actor, now: datetime, reason: str
) -> list[OutgoingMail]:
    """What the accountable person must hear: that it is theirs now, else that its deadline moves."""
    after = copy.copy(milestone)
    for name, value in revisions.columns(touched).items():
        setattr(after, name, value)
    if "accountable" in touched:
        return duties([after], after.accountable, actor=actor, now=now, reason=reason)
    person = after.accountable
    if "due" not in touched or not milestone.plan.is_active or person is None or person == actor.person:
        return []
    return [catalogue.rescheduled(person, after, milestone.due, reason=reason, now=now)] if person.is_active else []


def duties(
    milestones: Sequence[Milestone], to: Person | None, *, actor: Actor, now: datetime, reason: str
) -> list[OutgoingMail]:
    """One mail to `to`, however many milestones are theirs now."""
    shown = [milestone for milestone in milestones if milestone.plan.is_active and milestone.is_open]
    if not shown or to is None or to == actor.person:
        return []
    return [catalogue.duties(to, shown, reason=reason, now=now)]
