"""How does a view describe itself for the documentation? By what it is made of; resources say nothing twice."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import uritemplate
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance, is_patched_serializer
from rest_framework import serializers

from milestones.shapes import SHAPES

from .fields import Strict
from .openapi import examples, nouns, parameters, problems
from .openapi.methods import METHODS, Does
from .openapi.naming import Name
from .openapi.values import Schema as Json

ANSWER_HEADERS = ("RateLimit", "RateLimitPolicy")
REFUSED: dict[str, tuple[int, ...]] = {
    "GET": (400, 401, 403, 429),
    "POST": (400, 401, 403, 409, 413, 415, 422, 429),
    "PUT": (400, 401, 403, 409, 412, 413, 415, 422, 429),
    "PATCH": (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429),
    "DELETE": (400, 401, 403, 404, 409, 412, 429),
}
UNUSUAL_STATUS = {"create": 201, "destroy": 204, "remove_ref": 204}


class Schema(AutoSchema):
    view: Any  # of `resources`

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Json:
        self.path, self.path_regex, self.path_prefix, self.method = path, path_regex, path_prefix, method.upper()
        self.registry = registry
        body = self._body()
        return {
            "operationId": self.naming.operation_id,
            "tags": [self.naming.tag],
            "summary": self.naming.summary,
            "description": self._description(),
            "security": [{"token": self.scopes}, {"session": []}],
            "parameters": [*self._in_path(), *self._in_query(), *self._in_header()],
            **({"requestBody": body} if body else {}),
            "responses": self._responses(),
        }

    # --- what it is ---------------------------------------------------------------------------------------------------
    @property
    def action(self) -> str:
        return str(self.view.action)

    @cached_property
    def entity(self) -> str:
        """Empty for an address that is no resource."""
        return getattr(self.view, "entity", "")

    @property
    def naming(self) -> Name:
        return Name(self.path, self.action, self.entity, self.does)

    @property
    def does(self) -> Does:
        tag = Name.tag_of(self.path)
        action = f"{self.action}_batch" if self.path.endswith("/batch") else self.action
        return METHODS.get((tag, action)) or Does(status=UNUSUAL_STATUS.get(self.action, 200))

    @property
    def is_object(self) -> bool:
        """Whether the answer is the object, with its entity tag."""
        does = self.does
        return bool(self.entity) and self.action != "list" and (does.secret or not (does.answers or does.file))

    @property
    def scopes(self) -> list[str]:
        """All of these are needed; none: any token will do."""
        if self.does.scope == "any" or self.entity == "webhook":
            return ["webhooks"] if self.entity else []
        usual = "read" if self.method == "GET" else "write"
        return [self.does.scope or usual, *(["people:read"] if self.entity == "person" else [])]

    def _description(self) -> str:
        needed = " and ".join(f"`{scope}`" for scope in self.scopes)
        words = f"Scope: {needed}." if needed else "Any token."
        if self.does.scope == "readings:write":
            words = "Scope: `readings:write` or `write`."
        return "\n\n".join(filter(None, (self.does.description, words)))

    # --- what it takes ------------------------------------------------------------------------------------------------
    def _in_path(self) -> list[Json]:
        return [parameters.path(name) for name in uritemplate.variables(self.path)]

    def _in_query(self) -> list[Json]:
        if self.does.query:
            return list(self.does.query)
        if self.action == "deliveries":
            own = self.view.deliveries.__globals__["DeliveryFilters"]
            return [*parameters.filtering(own), parameters.ordering(["created_at"]), *parameters.paging()]
        if self.action == "list" and self.entity:
            return parameters.listing(SHAPES[self.entity], self.view.orderings, self.view.filters)
        return [parameters.fields(SHAPES[self.entity])] if self.action.startswith("retrieve") else []

    def _in_header(self) -> list[Json]:
        names = {
            "GET": ["IfNoneMatch"] if self.is_object else [],
            "POST": ["IdempotencyKey", *(["IfMatchOptional"] if "{id}" in self.path else [])],
            "PUT": ["IfMatchOptional", "CreateOnly"],
            "PATCH": ["IfMatch"],
            "DELETE": ["IfMatch" if self.action == "destroy" else "IfMatchOptional"],
        }
        return [parameters.header(name) for name in names[self.method]]

    def _body(self) -> Json | None:
        if self.method in ("GET", "DELETE"):
            return None
        content = {media_type: self._content(wanted) for media_type, wanted in self._taken().items()}
        needed = any("required" in one["schema"] or "$ref" in one["schema"] for one in content.values())
        return {"content": content, "required": needed}

    def _taken(self) -> dict[str, Any]:
        """Media type → the serializer, or the name of a component. A method mentions the serializer that it reads."""
        method = getattr(self.view, self.action)
        there = method.__globals__
        if self.does.takes:
            return {media_type: there.get(name, name) for media_type, name in self.does.takes.items()}
        named = [there[name] for name in method.__code__.co_names if _is_serializer(there.get(name))]
        if not named and self.action in ("create", "partial_update", "upsert"):
            named = [self.view.serializer_class]
        assert len(named) == 1, f"{self.path}: which serializer does {self.action} read?"
        return {"application/json": named[0]}

    def _content(self, wanted: Any) -> Json:
        if isinstance(wanted, str):
            return {"schema": nouns.ref(wanted), **examples.of(wanted)}
        found = self.resolve_serializer(wanted(partial=self.method == "PATCH"), "request")
        if not found.name:
            return {"schema": {"type": "object", "additionalProperties": False}, "example": {}}
        return {"schema": found.ref, **examples.of(found.name)}

    # --- what it answers ----------------------------------------------------------------------------------------------
    def _responses(self) -> Json:
        refused = set(REFUSED[self.method])
        refused |= {404} if "{id}" in self.path or "_ref" in self.action else set()
        refused |= {412} if self.method == "POST" and "{id}" in self.path else set()
        refused |= {428} if self.action == "destroy" else set()
        refused |= {410} if self.does.gone else set()
        answered = {str(self.does.status): self._answer()}
        if self.action == "upsert":
            answered["201"] = {**self._answer(), "description": "It was created."}
            answered["200"]["headers"]["Unchanged"] = nouns.header("Unchanged")
        if self.method == "GET" and self.is_object:
            answered["304"] = {"description": "The tag that was sent is still that of the object."}
        return answered | {str(status): problems.ref(status) for status in sorted(refused)}

    def _answer(self) -> Json:
        names = [*ANSWER_HEADERS, *(["ETag"] if self.is_object and self.does.status != 204 else [])]
        names += ["Location"] if self.does.status == 201 else []
        names += ["IdempotentReplayed"] if self.method == "POST" else []
        found: Json = {
            "description": self.naming.outcome,
            "headers": {nouns.NAMES.get(one, one): nouns.header(one) for one in names},
        }
        if self.does.file:
            found["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
        elif self.does.status != 204:
            found["content"] = {"application/json": {"schema": self._answered(), **self._example()}}
        links = self._links()
        return found | ({"links": links} if links else {})

    def _answered(self) -> Json:
        if self.does.answers:
            return nouns.ref(self.does.answers)
        name = nouns.noun(self.entity)
        return nouns.ref(name) if self.action != "list" else nouns.page(name)

    def _example(self) -> Json:
        """Of an object, and of a page of them."""
        if self.does.answers or not self.entity:
            return {}
        return examples.answer(self.entity, is_page=self.action == "list")

    def _links(self) -> Json:
        """What can be done next with what was made or found."""
        if not self.entity or self.action not in ("create", "list"):
            return {}
        at = "$response.body#/id" if self.action == "create" else "$response.body#/results/0/id"
        return self.naming.links(at, self.action == "create", set(dir(self.view)))

    # --- components ---------------------------------------------------------------------------------------------------
    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:
        name = type(force_instance(serializer)).__name__
        if name == "FuzzyDateField":
            return "FuzzyDate"
        return name.removesuffix("Serializer") + ("Patch" if is_patched_serializer(serializer, direction) else "Input")

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        found = super()._map_serializer(serializer, direction, bypass_extensions)
        if "__doc__" not in vars(type(serializer)) or not type(serializer).__doc__:
            found.pop("description", None)  # its parent's
        return {**found, "additionalProperties": False} if isinstance(serializer, Strict) else found


def _is_serializer(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, serializers.Serializer)
