"""What does an organisation look like?"""

from __future__ import annotations

from milestones.models import Organisation

from .base import Shape
from .fields import boolean, code, head, person, reference, tail, text

ORGANISATION = Shape(
    "organisation",
    Organisation,
    {
        **head(),
        "code": text("code"),
        "name": text("name"),
        "short_name": text("short_name"),
        "kind": code("kind"),
        **reference("parent"),
        "active": boolean("is_active"),
        **person("head"),
        **person("supervising_leader"),
        **person("coordinator"),
        **tail("organisation"),
    },
)
