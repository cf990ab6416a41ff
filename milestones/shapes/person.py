"""What does a person look like, to whoever may see people?"""

from __future__ import annotations

from django.db.models import F, OuterRef

from milestones.models import Person, RoleGrant

from .base import Reader, Shape
from .fields import address, boolean, head, listed, reference, tail, text
from .sql import Rows, Text


def roles(reader: Reader) -> Rows:
    return listed(RoleGrant.objects.filter(person=OuterRef("pk")).order_by("role"), Text(F("role")))


PERSON = Shape(
    "person",
    Person,
    {
        **head(),
        "email": address("email"),
        "display_name": text("display_name"),
        **reference("organisation"),
        "language": text("language"),
        "time_zone": text("time_zone"),
        "active": boolean("is_active"),
        "roles": roles,
        **tail("person"),
    },
)
