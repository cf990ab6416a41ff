"""How is the document laid out for people?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..problems import KINDS, Kind
from .document import document
from .values import Schema


@dataclass(frozen=True)
class Line:
    """A parameter, a header or a field. `words` are the values that there are."""

    name: str
    kind: str
    is_needed: bool
    description: str
    words: tuple[str, ...] = ()
    noun: str = ""


@dataclass(frozen=True)
class Body:
    """`noun` has its own table on the page."""

    media_type: str
    noun: str
    example: str


@dataclass(frozen=True)
class Outcome:
    status: str
    description: str
    noun: str = ""
    example: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    description: str
    lines: tuple[Line, ...]
    bodies: tuple[Body, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Section:
    tag: str
    title: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Noun:
    name: str
    description: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Page:
    introduction: tuple[str, ...]
    schemes: Mapping[str, str]
    sections: tuple[Section, ...]
    nouns: tuple[Noun, ...]
    problems: Mapping[str, Kind]


@lru_cache(maxsize=1)
def page() -> Page:
    found = document()
    sections = tuple(_section(found, tag) for tag in found["tags"])
    schemes = {name: one["description"] for name, one in found["components"]["securitySchemes"].items()}
    nouns = tuple(_noun(name, one) for name, one in found["components"]["schemas"].items() if "properties" in one)
    return Page(tuple(found["info"]["description"].split("\n\n")), schemes, sections, nouns, KINDS)


def _section(found: Schema, tag: Schema) -> Section:
    rows = [(path, method, one) for path, there in found["paths"].items() for method, one in there.items()]
    own = tuple(_operation(found, *row) for row in rows if row[2]["tags"] == [tag["name"]])
    return Section(tag["name"], tag["name"].replace("-", " ").capitalize(), tag["description"], own)


def _operation(found: Schema, path: str, method: str, one: Schema) -> Operation:
    return Operation(
        one["operationId"],
        method.upper(),
        path,
        one["summary"],
        one["description"],
        tuple(_parameter(_resolved(found, each)) for each in one["parameters"]),
        tuple(_bodies(one.get("requestBody", {}).get("content", {}))),
        tuple(_outcome(found, status, answer) for status, answer in one["responses"].items()),
    )


def _parameter(one: Schema) -> Line:
    line = _line(one["name"], one["schema"], one.get("required", False))
    return Line(line.name, f"{one['in']} · {line.kind}", line.is_needed, one.get("description", ""), line.words)


def _bodies(content: Mapping[str, Any]) -> Iterator[Body]:
    for media_type, one in content.items():
        yield Body(media_type, _name(one["schema"]), _pretty(one.get("example")))


def _outcome(found: Schema, status: str, answer: Schema) -> Outcome:
    one = _resolved(found, answer)
    content: Schema = next(iter(one.get("content", {}).values()), {})
    if status >= "4":
        return Outcome(status, "", kinds=tuple(content["examples"]))
    return Outcome(status, one["description"], _name(content.get("schema", {})), _pretty(content.get("example")))


def _noun(name: str, one: Schema) -> Noun:
    needed = set(one.get("required", ()))
    lines = tuple(_line(field, schema, field in needed) for field, schema in one["properties"].items())
    return Noun(name, one.get("description", ""), lines)


def _line(name: str, schema: Schema, is_needed: bool) -> Line:
    words = schema.get("enum") or schema.get("items", {}).get("enum", ())
    shown = tuple("null" if word is None else str(word) for word in words)
    return Line(name, _kind(schema), is_needed, schema.get("description", ""), shown, _name(schema))


def _kind(schema: Schema) -> str:
    """string · uuid or null"""
    kinds = schema.get("type", "")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    said = [kind for kind in kinds if kind and kind != "null"]
    said += [schema["format"]] if "format" in schema else []
    is_null = "null" in kinds or any(one.get("type") == "null" for one in _either(schema))
    return " · ".join(said) + (" | null" if is_null else "")


def _name(schema: Schema) -> str:
    """The component that is meant, also as an item or as one of two; empty for none."""
    meant = [schema, schema.get("items", {}), *_either(schema)]
    meant += [schema.get("properties", {}).get("results", {}).get("items", {})]
    return next((one["$ref"].rpartition("/")[2] for one in meant if "$ref" in one), "")


def _either(schema: Schema) -> Iterable[Schema]:
    return [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]


def _resolved(found: Schema, one: Schema) -> Schema:
    if "$ref" not in one:
        return one
    for part in one["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def _pretty(example: Any) -> str:
    return "" if example is None else json.dumps(example, ensure_ascii=False, indent=2)
