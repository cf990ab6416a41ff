"""What does a person look like, to whoever may see people?"""

from __future__ import annotations

from milestones.models import Person, RoleGrant

from .base import Listed, Shape
from .fields import address, boolean, code, head, reference, tail, text

PERSON = Shape(
    "person",
    Person,
    {
        **head(),
        "email": address("email"),
        "display_name": text("display_name"),
        **reference("organisation"),
        "language": code("language"),
        "time_zone": text("time_zone"),
        "active": boolean("is_active"),
        "roles": Listed(RoleGrant.objects.all(), "person__id", text("role")),
        **tail("person"),
    },
)
