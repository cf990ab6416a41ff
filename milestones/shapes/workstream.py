"""What does a workstream look like?"""

from __future__ import annotations

from milestones.models import Workstream

from .base import Shape
from .fields import head, number, reference, tail, text

WORKSTREAM = Shape(
    "workstream",
    Workstream,
    {
        **head(),
        **reference("plan"),
        "code": text("code"),
        "title": text("title"),
        "title_en": text("title_en"),
        "position": number("position"),
        **reference("lead"),
        **tail("workstream"),
    },
)
