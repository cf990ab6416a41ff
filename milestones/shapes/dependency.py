"""What does a dependency look like?"""

from __future__ import annotations

from milestones.models import Dependency

from .base import Shape
from .fields import head, number, placed, tail

DEPENDENCY = Shape(
    "dependency",
    Dependency,
    {
        **head(),
        **placed("predecessor"),
        **placed("successor"),
        "lag": number("lag"),
        **tail("dependency"),
    },
)
