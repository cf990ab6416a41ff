"""What does a status report look like?"""

from __future__ import annotations

from milestones.models import StatusReport

from .base import Shape
from .fields import boolean, code, day, fuzzy, head, instant, number, person, placed, tail, text

STATUS_REPORT = Shape(
    "status_report",
    StatusReport,
    {
        **head(),
        **placed("milestone"),
        **person("author"),
        "on_behalf": boolean("on_behalf"),
        "as_of": day("as_of"),
        "progress": number("progress"),
        "forecast": fuzzy("forecast"),
        "done": text("done"),
        "obstacles": text("obstacles"),
        "help_needed": text("help_needed"),
        "state": code("state"),
        "submitted_at": instant("submitted_at"),
        **person("decided_by"),
        "decided_at": instant("decided_at"),
        "note": text("note"),
        **tail("status_report"),
    },
)
