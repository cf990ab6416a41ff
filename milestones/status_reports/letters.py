"""Who must hear that a report came back? Rendered before the transaction that stores it."""

from __future__ import annotations

import copy
from datetime import datetime

from milestones.actors import Actor
from milestones.mail import catalogue
from milestones.models import OutgoingMail, StatusReport


def returned(report: StatusReport, note: str, *, actor: Actor, now: datetime) -> list[OutgoingMail]:
    """To the author, else (a system wrote it) to the accountable person; nobody is told of what they did themselves."""
    person = report.author or report.milestone.accountable
    if person is None or not person.is_active or person == actor.person:
        return []
    after = copy.copy(report)
    after.note = note
    return [catalogue.report_returned(person, after, now=now)]
