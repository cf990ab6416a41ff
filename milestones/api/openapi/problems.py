"""How does the document tell of refusals? A component a status, with every kind of problem that has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..problems import KINDS
from .values import Schema

EXAMPLE_BASE = "https://plan.example.org/api/v1/problems"
# As RFC 9110 has them; the standard library's words differ from version to version.
NAMES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    410: "Gone",
    412: "PreconditionFailed",
    413: "ContentTooLarge",
    415: "UnsupportedMediaType",
    422: "UnprocessableContent",
    428: "PreconditionRequired",
    429: "TooManyRequests",
}
MORE: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "The scheme that is understood.", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Whole seconds.", "required": True, "schema": {"type": "string"}}},
}
PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457. `errors` names each thing that is wrong: a JSON Pointer into the body, or ?name of a "
    "parameter. 412 carries the object as it is now as `current`, 410 a `resync_url`.",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": f"Ends with one of: {', '.join(KINDS)}."},
        "title": {"type": "string"},
        "status": {"type": "integer", "enum": sorted({kind.status for kind in KINDS.values()})},
        "detail": {"type": "string", "description": "What happened this time, in the language of Accept-Language."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
        "current": {"description": "With 412: the object as it is now; null when there is none."},
        "resync_url": {"type": "string", "format": "uri", "description": "With 410: where to begin anew."},
    },
}
FAULT: Schema = {
    "type": "object",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {"type": "string", "description": "/due/on, or ?limit; empty: the whole."},
        "code": {"type": "string", "description": "A stable word for programs."},
        "detail": {"type": "string"},
    },
}
FAULTS: dict[str, dict[str, str]] = {
    "bad-parameter": {"pointer": "?limit", "code": "bad_parameter", "detail": "The limit is a number from 1 to 1000."},
    "bad-cursor": {"pointer": "?cursor", "code": "bad_cursor", "detail": "This cursor was not made here."},
    "duplicate": {"pointer": "/code", "code": "taken", "detail": "This code is taken in the plan."},
    "invalid": {"pointer": "/due/on", "code": "period_end", "detail": "The last day of the period is expected."},
}


def name(status: int) -> str:
    return NAMES[status]


def ref(status: int) -> Schema:
    return {"$ref": f"#/components/responses/{name(status)}"}


def statuses() -> list[int]:
    """All but a failure of ours, which nobody can plan for."""
    return sorted({kind.status for kind in KINDS.values() if kind.status < 500})


def components(headers: Mapping[str, str]) -> Schema:
    """`headers` are those that every answer may have: name → component."""
    shared = {name: {"$ref": f"#/components/headers/{one}"} for name, one in headers.items()}
    return {name(status): _response(status, shared) for status in statuses()}


def _response(status: int, shared: Schema) -> Schema:
    kinds = [kind for kind, one in KINDS.items() if one.status == status]
    return {
        "description": " ".join(f"`{kind}`: {KINDS[kind].title}" for kind in kinds),
        "headers": shared | MORE.get(status, {}),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {kind: {"value": example(kind)} for kind in kinds},
            }
        },
    }


def example(kind: str) -> Schema:
    faults = [FAULTS[kind]] if kind in FAULTS else []
    words = {"type": f"{EXAMPLE_BASE}/{kind}", "title": str(KINDS[kind].title), "status": KINDS[kind].status}
    more: Schema = {"stale": {"current": {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "version": 4}}}
    more["gone"] = {"resync_url": "https://plan.example.org/api/v1/changes"}
    return {**words, "detail": str(KINDS[kind].title), "errors": faults, **more.get(kind, {})}
