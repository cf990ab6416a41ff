"""What else ends with a milestone that is completed or cancelled?

Its open request for a later date: there is nothing left to decide. It stands here and not beside the other verbs of
extensions, which lie above: what closes a milestone must not leave it open behind.
"""

from __future__ import annotations

from datetime import datetime

from milestones import reasons
from milestones.actors import Actor
from milestones.changes import record
from milestones.models import Extension, ExtensionState, Milestone

VERB = "extension.lapse"


def end_requests(milestone: Milestone, *, actor: Actor, now: datetime) -> None:
    """In the transaction that closed `milestone` and holds its row."""
    for extension in Extension.objects.open().filter(milestone=milestone):
        note = reasons.coded("milestone_ended")
        values = {
            "state": ExtensionState.WITHDRAWN,
            "note": note,
            "decided_by": actor.person,
            "decided_client": actor.client,
            "decided_at": now,
        }
        allowed = {"state": ExtensionState.REQUESTED}
        record.update(extension, values, actor=actor, verb=VERB, now=now, reason=note, allowed=allowed)
