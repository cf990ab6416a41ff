"""Which kinds of refusal does an answer know, and what are they called (RFC 9457)?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


@dataclass(frozen=True)
class Kind:
    """`title` is the same for every occurrence; what happened this time is the problem's `detail`."""

    status: int
    title: Any


KINDS: Mapping[str, Kind] = {
    "malformed": Kind(400, _("The request cannot be read.")),
    "bad-parameter": Kind(400, _("A parameter is unknown or has a wrong value.")),
    "bad-cursor": Kind(400, _("The cursor was not made here.")),
    "unauthenticated": Kind(401, _("It is not known who asks.")),
    "forbidden": Kind(403, _("This is not allowed.")),
    "missing-scope": Kind(403, _("The token has no scope for this.")),
    "wrong-address": Kind(403, _("The client may not call from here.")),
    "not-found": Kind(404, _("There is no such thing here.")),
    "method-not-allowed": Kind(405, _("The method does not fit this address.")),
    "conflict": Kind(409, _("The state does not allow this.")),
    "cancel-instead": Kind(409, _("This is not deleted, but cancelled.")),
    "duplicate": Kind(409, _("This is already taken.")),
    "in-progress": Kind(409, _("A request with this key is still at work.")),
    "gone": Kind(410, _("The cursor is no longer good.")),
    "stale": Kind(412, _("Somebody else was first.")),
    "too-large": Kind(413, _("The request is too large.")),
    "unsupported-media-type": Kind(415, _("The body is of a kind that is not read here.")),
    "invalid": Kind(422, _("A value is refused.")),
    "key-reused": Kind(422, _("The key belongs to another request.")),
    "precondition-required": Kind(428, _("Say which version you saw.")),
    "too-many": Kind(429, _("Too many requests.")),
    "internal": Kind(500, _("Something failed here.")),
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in the body: where (a JSON Pointer, RFC 6901), which rule, in words."""

    pointer: str
    code: str
    detail: str

    @classmethod
    def at(cls, path: Iterable[str | int], code: str, detail: Any) -> Fault:
        return cls("".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path), code, str(detail))


class Problem(APIException):
    """An answer of application/problem+json. `more` are further members, `headers` go along."""

    def __init__(
        self,
        kind: str,
        detail: Any = "",
        *,
        errors: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        self.kind, self.errors, self.headers, self.more = kind, tuple(errors), dict(headers or {}), more
        self.status_code = KINDS[kind].status
        super().__init__(str(detail) or str(KINDS[kind].title))

    def body(self) -> dict[str, Any]:
        return {
            "type": type_of(self.kind),
            "title": str(KINDS[self.kind].title),
            "status": self.status_code,
            "detail": str(self.detail),
            "errors": [vars(fault) for fault in self.errors],
            **self.more,
        }


def type_of(kind: str) -> str:
    """The stable, absolute URI of a kind of problem."""
    return f"{settings.BASE_URL}/api/v1/problems/{kind}"


def phrase(status: int) -> str:
    return HTTPStatus(status).phrase
