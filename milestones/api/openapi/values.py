"""Which JSON does a field of a shape give? Read off the expressions that make it, and the columns they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.db.models.expressions import Col

from milestones.shapes.base import Listed, Reader, Shape
from milestones.shapes.reminder import Version
from milestones.shapes.sql import (
    Boolean,
    Day,
    Decimals,
    Document,
    Filled,
    Fuzzy,
    Id,
    Instant,
    Literal,
    Members,
    Number,
    Path,
    Rarely,
    ShownUntil,
    Span,
)

from .words import said_of

Schema = dict[str, Any]

DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"
PATH = "^[^/]+/[^/]+$"
PLAIN: Mapping[type, Schema] = {
    Number: {"type": "integer"},
    Version: {"type": "integer"},
    Boolean: {"type": "boolean"},
    Id: {"type": "string", "format": "uuid"},
    Day: {"type": "string", "format": "date"},
    Instant: {"type": "string", "format": "date-time"},
    Decimals: {"type": "string", "pattern": DECIMAL},
    Path: {"type": "string", "pattern": PATH},
    Fuzzy: {"$ref": "#/components/schemas/FuzzyDate"},
    Span: {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2},
}
# What stands in a column of JSON.
DOCUMENTS: Mapping[tuple[str, str], Schema] = {
    ("milestone", "health_reason"): {
        "type": "object",
        "properties": {"code": {"type": "string"}, "params": {"type": "object"}},
        "required": ["code", "params"],
    },
    ("webhook", "events"): {"type": "array", "items": {"type": "string"}},
}


def component(shape: Shape) -> Schema:
    """All fields are there in an answer, unless `fields` asked for fewer."""
    properties = {name: {**_field(shape, name, field), **said_of(shape, name)} for name, field in shape.fields.items()}
    return {"type": "object", "properties": properties, "required": ["id"]}


def nullable(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    found = {**schema, "type": [schema["type"], "null"]}
    return found | {"enum": [*schema["enum"], None]} if "enum" in schema else found


def _field(shape: Shape, name: str, field: Any) -> Schema:
    if isinstance(field, Listed):
        pieces = field.piece(Reader(people=True)), field.piece(Reader(people=False))
        return {"type": "array", "items": _value(field.rows.model, *pieces)}
    seen, hidden = field(Reader(people=True)), field(Reader(people=False))
    if isinstance(seen, Document):
        schema = DOCUMENTS[shape.entity, name]
        return nullable(schema) if _may_be_null(shape.model, seen) else schema
    return _value(shape.model, seen, hidden)


def _value(model: type[Model], seen: Any, hidden: Any) -> Schema:
    """`hidden` is the same value for a reader who may not see people."""
    if isinstance(hidden, Literal):
        return {"type": ["string", "null"], "format": "email"}
    if isinstance(seen, Members):
        pairs = zip(seen.get_source_expressions(), hidden.get_source_expressions(), strict=True)
        properties = {name: _value(model, *pair) for name, pair in zip(seen.names, pairs, strict=True)}
        return {"type": "object", "properties": properties, "required": list(properties)}
    if isinstance(seen, Rarely):
        inner = seen.get_source_expressions()[1].query
        said = inner.annotations["said"]
        return nullable(_value(inner.model, said, said))
    schema = PLAIN.get(type(seen)) or _text(model, seen)
    return nullable(schema) if _may_be_null(model, seen) else dict(schema)


def _text(model: type[Model], value: Any) -> Schema:
    column = _ways(model, value)[-1][-1]
    words = [word for word, _label in column.flatchoices]
    if not words:
        return {"type": "string"}
    return {"type": "string", "enum": [*words, *([""] if column.blank and "" not in words else [])]}


def _may_be_null(model: type[Model], value: Any) -> bool:
    if isinstance(value, Filled | ShownUntil):
        return isinstance(value, Filled)
    return any(field.null for way in _ways(model, value) for field in way)


def _ways(model: type[Model], value: Any) -> list[list[Any]]:
    """For each column that the value stands on, the fields on the way to it."""
    return [[one.target] if isinstance(one, Col) else _way(model, one.name) for one in value.get_source_expressions()]


def _way(model: Any, lookup: str) -> list[Any]:
    found = []
    for name in lookup.split("__"):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        found.append(field)
        model = field.related_model
    return found
