"""How does a verb let the reminder sweep look again, without knowing anything about reminders?"""

from __future__ import annotations

from datetime import datetime

from milestones.models import Milestone, NextLook


def look_again(milestone: Milestone, now: datetime) -> None:
    """At once, with the verb's transaction; milestones of other than active plans are not looked at."""
    if milestone.plan.is_active:
        NextLook.objects.wake_one(milestone.pk, now)
