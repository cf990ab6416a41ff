"""What does a comment look like?"""

from __future__ import annotations

from milestones.models import Comment

from .base import Shape
from .fields import head, instant, person, placed, shown_until, tail, text

COMMENT = Shape(
    "comment",
    Comment,
    {
        **head(),
        **placed("milestone"),
        **person("author"),
        "text": shown_until("withdrawn_at", "text"),
        "withdrawn_at": instant("withdrawn_at"),
        "reason": text("reason"),
        **tail("comment"),
    },
)
