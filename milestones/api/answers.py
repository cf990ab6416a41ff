"""What does an answer look like on the wire?"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from django.http import HttpResponse

from .problems import Problem


class Answer(HttpResponse):
    """`afterwards` is done when it has left: whoever asks does not wait for what is noted of their asking."""

    afterwards: Callable[[], object] | None = None

    def close(self) -> None:
        if self.afterwards is not None:
            self.afterwards()
        super().close()


def json(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Plain data as JSON."""
    return raw(orjson.dumps(data, default=str), status, headers)


def raw(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """JSON that is text already."""
    return Answer(body, status=status, headers=headers, content_type="application/json")


def one(text: str, version: int, status: int = 200, **headers: str) -> HttpResponse:
    """An object by its JSON, with its entity tag."""
    return raw(text.encode(), status, {"ETag": etag(version), **headers})


def page(rows: Iterable[str], following: str | None) -> HttpResponse:
    """{"results": […], "next": URL|null} of objects whose JSON the database made."""
    return raw(b'{"results":[%b],"next":%b}' % (",".join(rows).encode(), orjson.dumps(following)))


def nothing() -> HttpResponse:
    """204: there is no body, hence no type of one."""
    answer = HttpResponse(status=204)
    del answer["Content-Type"]
    return answer


def problem(found: Problem) -> HttpResponse:
    body = orjson.dumps(found.body(), default=str)
    return HttpResponse(body, status=found.status_code, headers=found.headers, content_type="application/problem+json")


def etag(version: int) -> str:
    """Strong (RFC 9110, 8.8.3), the same for every token."""
    return f'"v{version}"'


def identifier(text: str) -> uuid.UUID | None:
    """The id that stands in an address; None when it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
