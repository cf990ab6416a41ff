"""What does a reading look like?"""

from __future__ import annotations

from milestones.models import Reading

from .base import Shape
from .fields import boolean, day, decimal, head, placed, tail, text, uid

READING = Shape(
    "reading",
    Reading,
    {
        **head(),
        **placed("target"),
        "as_of": day("as_of"),
        "value": decimal("value"),
        "source": text("source"),
        "provisional": boolean("provisional"),
        "revises": uid("revises_id"),
        "recorded_by": text("recorded_by"),
        **tail("reading"),
    },
)
