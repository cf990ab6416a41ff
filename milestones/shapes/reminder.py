"""What does a row of the reminders' ledger look like?

It has no versions and no history of its own, and nobody else's name for it.
"""

from __future__ import annotations

from milestones.models import Reminder

from .base import Shape
from .fields import code, day, instant, number, person, placed, text, uid

REMINDER = Shape(
    "reminder",
    Reminder,
    {
        "id": uid("pk"),
        **placed("milestone"),
        **person("recipient"),
        "step": text("step__code"),
        "day": day("day"),
        "channel": code("channel"),
        "state": code("state"),
        "reason": text("reason"),
        "occurrence": number("occurrence"),
        "due_version": number("due_version"),
        "created_at": instant("planned_at"),
        "updated_at": instant("updated_at"),
    },
)
