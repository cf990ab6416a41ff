"""What do the fields, the nouns and the parameters mean? English; where the name alone says it, nothing stands here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from milestones.shapes.base import Shape

# Of every noun, unless OWN says otherwise.
FIELDS: Mapping[str, str] = {
    "id": "UUIDv7, given by the server.",
    "version": "Counts stored changes; the entity tag is \"v<version>\".",
    "external_refs": "The names that other systems have for the object.",
    "accountable": "E-mail of the person who answers for it; null without the scope people:read.",
    "lead": "Code of the organisation that leads.",
    "plan": "Code of the plan.",
    "workstream": "Code of the workstream, inside the plan.",
    "milestone": "plan/code of the milestone.",
    "target": "plan/code of the target.",
    "organisation": "Code of the organisation.",
    "source_span": "Where it stands in the plan's source text: [start, end] in characters.",
    "progress": "Per cent.",
}  # fmt: skip
OWN: Mapping[tuple[str, str], str] = {
    ("milestone", "baseline"): "The first promise. It never changes once the plan is active.",
    ("milestone", "due"): "The commitment as it stands now. Moving it needs a reason.",
    ("milestone", "forecast"): "What the owner expects.",
    ("milestone", "actual"): "When it was really done.",
    ("milestone", "state"): "Changed by the verbs only.",
    ("milestone", "stage"): "The word for what is reached: topped out, opened, issued.",
    ("milestone", "health"): "Derived each day; null in a draft plan and when cancelled.",
    ("milestone", "health_reason"): "Which rule spoke, about what.",
    ("milestone", "parent"): "Code of the milestone, inside the plan.",
    ("milestone", "carried_from"): "plan/code of the milestone in the plan of the year before.",
    ("organisation", "parent"): "Code of the organisation above.",
    ("reading", "revises"): "Id of the reading that this one corrects.",
    ("reading", "as_of"): "The day that the figure stands for.",
    ("dependency", "predecessor"): "plan/code of what must be done first.",
    ("dependency", "successor"): "plan/code of what waits for it.",
    ("dependency", "lag"): "Working days between the two.",
    ("extension", "due"): "The date that is asked for.",
    ("extension", "old"): "The date at the time of asking.",
    ("notice", "number"): "As it stands on the paper: 〔2023〕7号.",
    ("reminder", "reason"): "Why it was held back; empty when it was not.",
    ("webhook", "previous_secret_until"): "Until when the secret before signs as well.",
    ("evidence", "url"): "Of a link; null for a file.",
    ("plan", "weekly_from"): "Working days before the due date from which reports are weekly.",
}
TAGS: Mapping[str, str] = {
    "me": "Who the token belongs to, and what it may do.",
    "plans": "A year's plan: draft, then active, then closed.",
    "workstreams": "The parts of a plan.",
    "milestones": "What was promised for when, by whom, and how it stands.",
    "targets": "Figures that a plan promises, and how they stand against their pace.",
    "readings": "Measured values of targets. A correction is a new reading.",
    "organisations": "Who leads, takes part and supervises.",
    "people": "Accounts. They need the scope people:read.",
    "dependencies": "What waits for what.",
    "status-reports": "What owners report of their milestones.",
    "extensions": "More time is asked for, and decided on by somebody else.",
    "evidence": "Links and files that show that something is done.",
    "comments": "What people say to each other about a milestone.",
    "reminders": "The ledger of reminders: planned, sent or held back, and why. Read-only.",
    "notices": "Numbered notices to organisations. Read-only.",
    "webhooks": "Endpoints that are told of changes, and the log of what they were told.",
    "changes": "The change feed: the present state, then everything since, in one order.",
}


def said_of(shape: Shape, name: str) -> dict[str, Any]:
    words = OWN.get((shape.entity, name)) or FIELDS.get(name)
    if words is None and name.endswith("_id") and name.removesuffix("_id") in shape.fields:
        words = f"Id of {name.removesuffix('_id')}."
    return {"description": words} if words else {}
