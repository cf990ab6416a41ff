"""What does a request for an extension look like?"""

from __future__ import annotations

from milestones.models import Extension

from .base import Shape
from .fields import boolean, code, day, fuzzy, head, instant, number, person, placed, tail, text

EXTENSION = Shape(
    "extension",
    Extension,
    {
        **head(),
        **placed("milestone"),
        "due": fuzzy("due"),
        "old": fuzzy("old"),
        "reason": text("reason"),
        "progress": number("progress"),
        "late": boolean("late"),
        "state": code("state"),
        **person("requested_by"),
        "requested_client": text("requested_client"),
        "requested_at": instant("requested_at"),
        "on_behalf": boolean("on_behalf"),
        "decide_by": day("decide_by"),
        **person("decided_by"),
        "decided_client": text("decided_client"),
        "decided_at": instant("decided_at"),
        "note": text("note"),
        **tail("extension"),
    },
)
