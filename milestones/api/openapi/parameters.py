"""Which parameters and headers does a request take?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import django_filters

from milestones.shapes.base import Shape

from ..filters import FlagFilter, PlacedFilter
from ..pagination import MOST, USUAL
from .values import PATH, Schema

TEXT: Schema = {"type": "string", "minLength": 1, "pattern": "^[^\\u0000]*$"}
KINDS: tuple[tuple[type, Schema], ...] = (
    (PlacedFilter, {"type": "string", "pattern": PATH}),
    (FlagFilter, {"type": "boolean"}),
    (django_filters.UUIDFilter, {"type": "string", "format": "uuid"}),
    (django_filters.DateFilter, {"type": "string", "format": "date"}),
    (django_filters.IsoDateTimeFilter, {"type": "string", "format": "date-time"}),
)
MEANING: Mapping[str, str] = {
    "updated_since": "Changed at this instant or later. To follow changes without gaps, read /changes instead.",
    "q": "Part of a text, in any letter case.",
    "due_before": "On this day or earlier.",
    "due_after": "On this day or later.",
    "plan": "Code of the plan.",
    "milestone": "plan/code",
    "target": "plan/code",
}
HEADERS: Mapping[str, Schema] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "One of your own for each thing to be done, best a UUID. The same request with the same key "
        "within 24 hours is answered as the first time and does nothing again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
        "example": "0d8c1a42-5b7e-4a51-9a2b-3b0c6e5f7a10",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The entity tag of the object that you saw. Without it 428, with an older one 412.",
        "schema": {"type": "string"},
        "required": True,
        "example": '"v3"',
    },
    "IfMatchOptional": {
        "name": "If-Match",
        "in": "header",
        "description": "The entity tag of the object that you saw; with an older one 412.",
        "schema": {"type": "string"},
        "example": '"v3"',
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The entity tag that you hold: 304 without a body when the object is still that one.",
        "schema": {"type": "string"},
        "example": '"v3"',
    },
    "CreateOnly": {
        "name": "If-None-Match",
        "in": "header",
        "description": "`*` creates only: 412 when the object exists.",
        "schema": {"type": "string", "enum": ["*"]},
    },
}


def header(name: str) -> Schema:
    return {"$ref": f"#/components/parameters/{name}"}


def listing(shape: Shape, orderings: Iterable[str], filters: Any) -> list[Schema]:
    return [*filtering(filters), ordering(orderings), *paging(), fields(shape)]


def paging() -> list[Schema]:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    return [
        query("limit", limit, "How many at most."),
        query("cursor", {"type": "string", "minLength": 1}, "From `next` of the page before; made by the server only."),
    ]


def ordering(names: Iterable[str]) -> Schema:
    words = [word for name in names for word in (name, f"-{name}")]
    return several("ordering", words, "One or more, separated by commas; a minus sign is descending.")


def fields(shape: Shape) -> Schema:
    return several("fields", list(shape.fields), "Only these fields, separated by commas, and always the id.")


def filtering(filters: Any) -> list[Schema]:
    if filters is None:
        return []
    return [query(name, _kind(one), MEANING.get(name, "")) for name, one in filters.base_filters.items()]


def _kind(one: Any) -> Schema:
    for kind, schema in KINDS:
        if isinstance(one, kind):
            return dict(schema)
    if isinstance(one, django_filters.NumberFilter):
        bounds = {"minimum": one.extra.get("min_value"), "maximum": one.extra.get("max_value")}
        return {"type": "integer", **{name: value for name, value in bounds.items() if value is not None}}
    if isinstance(one, django_filters.ChoiceFilter):
        return {"type": "string", "enum": [word for word, _label in one.extra["choices"]]}
    return dict(TEXT)


def query(name: str, schema: Mapping[str, Any], description: str = "") -> Schema:
    said = {"description": description} if description else {}
    return {"name": name, "in": "query", **said, "schema": dict(schema)}


def several(name: str, words: list[str], description: str) -> Schema:
    """Words separated by commas."""
    schema = {"type": "array", "items": {"type": "string", "enum": words}, "minItems": 1}
    return {**query(name, schema, description), "style": "form", "explode": False}


def path(name: str) -> Schema:
    schema: Schema = {"type": "string", "minLength": 1}
    if name in ("id", "delivery"):
        schema = {"type": "string", "format": "uuid"}
    return {"name": name, "in": "path", "required": True, "schema": schema, **_path_words(name)}


def _path_words(name: str) -> Schema:
    words = {
        "system": "The name under which the other system keeps its references.",
        "external_id": "The object's id there; it may hold slashes.",
    }
    return {"description": words[name]} if name in words else {}
