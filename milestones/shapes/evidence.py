"""What does a piece of evidence look like?"""

from __future__ import annotations

from milestones.models import Evidence

from .base import Shape
from .fields import boolean, code, filled, head, instant, number, person, placed, tail, text

EVIDENCE = Shape(
    "evidence",
    Evidence,
    {
        **head(),
        **placed("milestone"),
        "title": text("title"),
        "url": filled("url"),
        "file_name": text("file_name"),
        "size": number("size"),
        "sha256": text("sha256"),
        "media_type": text("media_type"),
        "has_preview": boolean("has_preview"),
        "state": code("state"),
        **person("added_by"),
        **person("decided_by"),
        "decided_at": instant("decided_at"),
        "reason": text("reason"),
        **tail("evidence"),
    },
)
