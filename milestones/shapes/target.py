"""What does a target look like?"""

from __future__ import annotations

from milestones.models import Target

from .base import Shape
from .fields import code, decimal, head, reference, source_span, tail, text

TARGET = Shape(
    "target",
    Target,
    {
        **head(),
        **reference("plan"),
        **reference("workstream"),
        "code": text("code"),
        "name": text("name"),
        "name_en": text("name_en"),
        "unit": text("unit"),
        "measure": code("measure"),
        "bound": code("bound"),
        "value": decimal("value"),
        "value_max": decimal("value_max"),
        **reference("lead"),
        "source_span": source_span(),
        **tail("target"),
    },
)
