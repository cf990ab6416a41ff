"""Which components does the document have that are no shape and no input?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from milestones.batch.results import Status
from milestones.batch.rows import Row
from milestones.models import DeliveryState, Health, Scope
from milestones.shapes import FEED, SHAPES

from . import problems
from .values import DECIMAL, Schema, component, nullable

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
UUID: Schema = {"type": "string", "format": "uuid"}
DAY: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
FIGURE: Schema = {"type": ["string", "null"], "pattern": DECIMAL}
ANY_PROBLEM: Schema = {"anyOf": [{"$ref": "#/components/schemas/Problem"}, {"type": "null"}]}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


# Header → component: a component's name has letters only.
NAMES: Mapping[str, str] = {"RateLimitPolicy": "RateLimit-Policy", "IdempotentReplayed": "Idempotent-Replayed"}


def header(name: str) -> Schema:
    return {"$ref": f"#/components/headers/{name}"}


def noun(entity: str) -> str:
    """status_report → StatusReport"""
    return "".join(word.capitalize() for word in entity.replace("-", "_").split("_"))


def thing(description: str = "", /, **properties: Any) -> Schema:
    """An object, all of whose members are always there."""
    said = {"description": description} if description else {}
    return {"type": "object", **said, "properties": properties, "required": list(properties)}


def page(item: str) -> Schema:
    following = {"type": ["string", "null"], "format": "uri", "description": "The next page; null: this was the last."}
    return thing(results={"type": "array", "items": ref(item)}, next=following)


def components() -> dict[str, Schema]:
    shapes = {noun(entity): component(shape) for entity, shape in SHAPES.items()}
    return {**shapes, **_fixed(), **_of_batches(), **_of_the_feed()}


def _fixed() -> dict[str, Schema]:
    reason = thing(code=TEXT, params={"type": "object", "additionalProperties": TEXT}, text=TEXT)
    codes = {"type": ["array", "null"], "items": TEXT, "description": "Codes; null is no limit."}
    seconds = {"type": "integer", "description": "How long the receiver took."}
    attempt = thing(
        number=COUNT,
        at=INSTANT,
        milliseconds=nullable(seconds),
        status=nullable(COUNT),
        failure=nullable(TEXT),
        said=TEXT,
    )
    return {
        "Problem": problems.PROBLEM,
        "Fault": problems.FAULT,
        "Me": thing(
            name=TEXT, scopes={"type": "array", "items": _words(Scope.values)}, plans=codes, organisations=codes
        ),
        "Pace": thing(
            "How a target stands on a day; figures in its unit.",
            on=DAY,
            as_of=nullable(DAY),
            provisional={"type": ["boolean", "null"]},
            **dict.fromkeys(("value", "attainment", "expected", "gap", "expected_then", "gap_then"), FIGURE),
            **dict.fromkeys(("projection", "projection_low", "projection_high"), FIGURE),
            basis=reason,
            method=reason,
            health=nullable(_words(Health.values)),
            reason=reason,
        ),
        "Delivery": thing(
            "A message to an endpoint, with each attempt to send it. `id` is its webhook-id.",
            id=UUID,
            type=TEXT,
            entity=nullable(TEXT),
            object_id=nullable(UUID),
            seq={"type": ["integer", "null"]},
            state=_words(DeliveryState.values),
            created_at=INSTANT,
            next_at=nullable(INSTANT),
            attempts={"type": "array", "items": attempt},
        ),
        "DeliveryPage": page("Delivery"),
        "NewSecret": {
            "allOf": [ref("Webhook"), thing(secret={"type": "string", "pattern": "^whsec_", "description": "Once."})]
        },
        "Replayed": thing(count={"type": "integer", "minimum": 0, "description": "How many are sent again."}),
    }


def _of_batches() -> dict[str, Schema]:
    """Rows are described by the structs that read them."""
    _refs, rows = msgspec.json.schema_components([Row], ref_template="#/components/schemas/Batch{name}")
    found = {f"Batch{name}": schema for name, schema in rows.items()}
    states = [status.value for status in Status]
    result = thing(
        "`id` and `version` are those afterwards; null where there is no such milestone.",
        index=COUNT,
        status=_words(states),
        id=nullable(UUID),
        version=nullable(COUNT),
        problem=ANY_PROBLEM,
    )
    summary = thing(**dict.fromkeys(states, COUNT))
    told = thing(results={"type": "array", "items": ref("BatchResult")}, summary=summary)
    rows_of = {"type": "array", "items": ref("BatchRow"), "minItems": 1, "maxItems": 10_000}
    return {**found, "BatchResult": result, "BatchAnswer": told, "BatchRows": rows_of}


def _of_the_feed() -> dict[str, Schema]:
    said = [*({"$ref": f"#/components/schemas/{noun(entity)}"} for entity in FEED), {"type": "null"}]
    origin = thing(client={"type": ["string", "null"]}, via=_words(("api", "web", "admin", "import", "mail", "system")))
    row = thing(
        "`data` is the object as it is now; null when it was deleted or left the reach of the reader.",
        seq=COUNT,
        entity=_words(FEED),
        id=UUID,
        op=_words(("upsert", "delete")),
        version=nullable(COUNT),
        origin={"anyOf": [origin, {"type": "null"}]},
        changed_at=nullable(INSTANT),
        data={"anyOf": said},
    )
    after = {"type": "string", "description": "Where to go on. Good for 90 days, or what FEED_DAYS says."}
    return {
        "Change": row,
        "ChangePage": thing(
            results={"type": "array", "items": ref("Change")}, cursor=after, has_more={"type": "boolean"}
        ),
    }


def _words(words: Any) -> Schema:
    return {"type": "string", "enum": list(words)}
