"""What does a method do that its resource does not say already? What is not named here takes and answers the object.

By the first word of the address and the name of the method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from milestones.shapes import FEED

from . import nouns, parameters
from .values import Schema


@dataclass(frozen=True)
class Does:
    """`answers` is a component; empty for the object itself. `takes` are the media types of the body, each with the
    name of a serializer of the method's module or a component. `reads` is the scope for reading."""

    answers: str = ""
    status: int = 200
    takes: Mapping[str, str] = field(default_factory=dict)
    query: tuple[Schema, ...] = ()
    name: str = ""
    summary: str = ""
    description: str = ""
    scope: str = ""
    gone: bool = False
    file: bool = False
    secret: bool = False


NOTHING = Does(takes={"application/json": "NothingSerializer"})
BOOLEAN: Schema = {"type": "boolean", "default": False}
METHODS: Mapping[tuple[str, str], Does] = {
    ("me", "list"): Does("Me", name="getMe", summary="Who am I, and what may I do?", scope="any"),
    ("changes", "list"): Does(
        "ChangePage",
        name="listChanges",
        summary="Follow the changes",
        description="Without a cursor the present state comes first, then everything since, in one order. Keep the"
        " cursor of each answer and go on with it; apply rows by version. See docs/api.md.",
        query=(
            parameters.query("cursor", {"type": "string", "minLength": 1}, "From the answer before."),
            parameters.query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
            parameters.query("entity", {"type": "string", "enum": list(FEED)}, "Only these; a cursor remembers it."),
        ),
        gone=True,
    ),
    ("milestones", "create_batch"): Does(
        "BatchAnswer",
        takes={"application/json": "BatchRows", "application/x-ndjson": "BatchRow"},
        name="batchMilestones",
        summary="Create and change many milestones",
        description="Up to 10,000 rows and 32 MiB, as an array or a line each. Each row has its own result; with"
        " `atomic` one bad row stops all, and 422 has the same results.",
        query=(
            parameters.query("dry_run", BOOLEAN, "Say what would become of each row; write nothing."),
            parameters.query("atomic", BOOLEAN, "All rows or none."),
        ),
    ),
    ("targets", "pace"): Does(
        "Pace",
        name="getTargetPace",
        summary="How does a target stand on a day?",
        query=(parameters.query("on", nouns.DAY, "Today in the plan's time zone when left out."),),
    ),
    ("evidence", "create"): Does(
        status=201,
        takes={"application/json": "LinkedEvidenceSerializer", "multipart/form-data": "EvidenceFileSerializer"},
    ),
    ("evidence", "file"): Does(name="getEvidenceFile", summary="Download a file", file=True),
    ("webhooks", "create"): Does("NewSecret", 201, secret=True),
    ("webhooks", "rotate_secret"): Does(
        "NewSecret", name="rotateWebhookSecret", summary="Give a webhook a new secret", secret=True
    ),
    ("webhooks", "enable"): NOTHING,
    ("webhooks", "disable"): NOTHING,
    ("webhooks", "ping"): Does("Delivery", 202, summary="Send a message of no meaning, to see whether it arrives"),
    ("webhooks", "deliveries"): Does(
        "DeliveryPage", name="listWebhookDeliveries", summary="The log of a webhook, newest first"
    ),
    ("webhooks", "replay"): Does("Delivery", 202, name="replayWebhookDelivery", summary="Send a message again"),
    ("webhooks", "replay_failed"): Does(
        "Replayed", 202, name="replayFailedWebhookDeliveries", summary="Send again what was given up since an instant"
    ),
    ("readings", "create"): Does(status=201, scope="readings:write"),
    ("status-reports", "create"): Does(status=201, scope="readings:write"),
    ("status-reports", "partial_update"): Does(scope="readings:write"),
    ("status-reports", "submit"): Does(scope="readings:write"),
}
