"""What does a milestone look like?"""

from __future__ import annotations

from django.db.models import F

from milestones.models import Milestone, Party

from .base import Listed, Reader, Shape
from .fields import (
    address,
    code,
    document,
    fuzzy,
    head,
    instant,
    number,
    path,
    person,
    rare_person,
    rarely,
    reference,
    source_span,
    tail,
    text,
)
from .sql import Braced, Code, Id, Text


def party(reader: Reader) -> Braced:
    return Braced(
        {
            "role": Code(F("role")),
            "organisation": Text(F("organisation__code")),
            "organisation_id": Id(F("organisation_id")),
            "person": address("person__email")(reader),
            "person_id": Id(F("person_id")),
        }
    )


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
        "kind": code("kind"),
        "stage": text("stage"),
        "description": text("description"),
        "criterion": text("criterion"),
        "weight": number("weight"),
        "state": code("state"),
        "health": code("health"),
        "health_reason": document("health_reason"),
        **person("accountable"),
        **reference("lead"),
        "parties": Listed(Party.objects.all(), "milestone__id", party),
        "baseline": fuzzy("baseline"),
        "due": fuzzy("due"),
        "forecast": fuzzy("forecast"),
        "actual": fuzzy("actual"),
        **reference("parent", rarely("parent", Milestone, text("code"))),
        "source_span": source_span(),
        "statement": text("statement"),
        **rare_person("submitted_by"),
        "submitted_client": text("submitted_client"),
        "submitted_at": instant("submitted_at"),
        **rare_person("verified_by"),
        "verified_client": text("verified_client"),
        "verified_at": instant("verified_at"),
        **reference("carried_from", rarely("carried_from", Milestone, path())),
        **tail("milestone"),
    },
)
