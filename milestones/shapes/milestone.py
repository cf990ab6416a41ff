"""What does a milestone look like?"""

from __future__ import annotations

from django.db.models import F, OuterRef

from milestones.models import Milestone, Party

from .base import Reader, Shape
from .fields import (
    address,
    document,
    fuzzy,
    head,
    instant,
    listed,
    number,
    person,
    placed,
    reference,
    source_span,
    tail,
    text,
)
from .sql import Id, Object, Rows, Text


def parties(reader: Reader) -> Rows:
    """By role, then code of the organisation."""
    piece = Object(
        {
            "role": Text(F("role")),
            "organisation": Text(F("organisation__code")),
            "organisation_id": Id(F("organisation_id")),
            "person": address("person__email")(reader),
            "person_id": Id(F("person_id")),
        }
    )
    mine = Party.objects.filter(milestone=OuterRef("pk"))
    return listed(mine.order_by("role", "organisation__code", "person_id"), piece)


MILESTONE = Shape(
    "milestone",
    Milestone,
    {
        **head(),
        **reference("plan"),
        **reference("workstream"),
        "code": text("code"),
        "title": text("title"),
        "title_en": text("title_en"),
        "kind": text("kind"),
        "stage": text("stage"),
        "description": text("description"),
        "criterion": text("criterion"),
        "weight": number("weight"),
        "state": text("state"),
        "health": text("health"),
        "health_reason": document("health_reason"),
        **person("accountable"),
        **reference("lead"),
        "parties": parties,
        "baseline": fuzzy("baseline"),
        "due": fuzzy("due"),
        "forecast": fuzzy("forecast"),
        "actual": fuzzy("actual"),
        **reference("parent"),
        "source_span": source_span(),
        "statement": text("statement"),
        **person("submitted_by"),
        "submitted_client": text("submitted_client"),
        "submitted_at": instant("submitted_at"),
        **person("verified_by"),
        "verified_client": text("verified_client"),
        "verified_at": instant("verified_at"),
        **placed("carried_from"),
        **tail("milestone"),
    },
)
