"""What is the whole document, in OpenAPI 3.1?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from django.utils.translation import override
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator

from . import nouns, parameters, problems, words
from .values import Schema

INTRODUCTION = """\
Lists are cut by key: follow `next` to the end. Objects have a strong entity tag `"v<version>"`; a PATCH or DELETE \
sends it as `If-Match`. Each POST may be repeated with the same `Idempotency-Key`. What changes is followed at \
`/changes`, or told to a webhook. Refusals are `application/problem+json`. Dates are `YYYY-MM-DD`, instants RFC 3339, \
decimal numbers are texts. Unknown fields and parameters are errors. HEAD and OPTIONS work where GET does. Fields may \
be added to answers.

A first synchronisation, in curl and in Python: docs/api.md."""
SCOPES = """\
A token of a client (`manage.py createtoken`, or the admin). Scopes: `read`; `write`, with the office's rights inside \
the client's reach, implies `read`; `readings:write` only adds readings and status reports; `people:read` sees people \
and their addresses; `webhooks` looks after the client's own endpoints."""
HEADERS: Mapping[str, Schema] = {
    "ETag": {"description": 'Of this version: `"v3"`.', "schema": {"type": "string", "pattern": '^(W/)?"[^"]+"$'}},
    "Location": {"description": "Where it is.", "schema": {"type": "string", "format": "uri"}},
    "RateLimit": {"description": "What is left, and when all is there again.", "schema": {"type": "string"}},
    "RateLimitPolicy": {"description": "How many requests in how many seconds.", "schema": {"type": "string"}},
    "IdempotentReplayed": {"description": "`true`: this request was done before.", "schema": {"type": "string"}},
    "Unchanged": {"description": "`true`: nothing differed, nothing was written.", "schema": {"type": "string"}},
}


class Addresses(EndpointEnumerator):
    """Both `…/milestones` and `…/milestones/` answer; the document has the first."""

    def get_path_from_regex(self, path_regex: str) -> str:
        return super().get_path_from_regex(path_regex).rstrip("/")


class Generator(SchemaGenerator):
    endpoint_inspector_cls = Addresses


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Always in English, and the same for everybody: made once by each process."""
    with override("en"):
        generator = Generator()
        made = generator.get_schema(request=None, public=True)
        return _whole(made)


@lru_cache(maxsize=1)
def text() -> bytes:
    return orjson.dumps(document())


@lru_cache(maxsize=1)
def digest() -> str:
    return hashlib.sha256(text()).hexdigest()[:32]


def _whole(made: Mapping[str, Any]) -> dict[str, Any]:
    paths = made["paths"]
    tags = list(dict.fromkeys(one["tags"][0] for path in paths.values() for one in path.values()))
    found = {
        "openapi": "3.1.0",
        "info": {"title": "Lingang milestones", "version": "1", "description": INTRODUCTION},
        "servers": [{"url": "/", "description": "This installation."}],
        "tags": [{"name": tag, "description": words.TAGS[tag]} for tag in words.TAGS if tag in tags],
        "paths": {path: paths[path] for path in sorted(paths, key=lambda one: _place(one, list(words.TAGS)))},
        "components": _components(made["components"]),
    }
    return orjson.loads(orjson.dumps(found, default=str))


def _place(path: str, tags: list[str]) -> tuple[int, str]:
    return tags.index(path.removeprefix("/api/v1/").partition("/")[0]), path


def _components(made: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "schemas": dict(sorted({**nouns.components(), **made.get("schemas", {})}.items())),
        "parameters": dict(parameters.HEADERS),
        "headers": dict(HEADERS),
        "responses": problems.components({"RateLimit": "RateLimit", "RateLimit-Policy": "RateLimitPolicy"}),
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": SCOPES},
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "Of a signed-in person, with their rights. What changes something needs X-CSRFToken.",
            },
        },
    }
