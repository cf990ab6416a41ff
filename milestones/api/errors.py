"""Which problem does an exception become?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.views import set_rollback

from milestones import errors as domain

from .answers import problem as answer
from .problems import Fault, Problem

log = structlog.get_logger(__name__)

# What REST framework raises and says well enough itself.
PLAIN: Mapping[type[Exception], str] = {
    drf.ParseError: "malformed",
    drf.NotAuthenticated: "unauthenticated",
    drf.AuthenticationFailed: "unauthenticated",
    drf.PermissionDenied: "forbidden",
    drf.MethodNotAllowed: "method-not-allowed",
    drf.UnsupportedMediaType: "unsupported-media-type",
}


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """REST framework's exception handler: every refusal, and every failure of ours, is a problem document."""
    set_rollback()
    found = of(error)
    if found.kind == "internal":
        log.error("api_failed", exc_info=error)
    if (wanted := getattr(error, "auth_header", None)) is not None:
        found.headers["WWW-Authenticate"] = wanted
    return answer(found)


def of(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, domain.DomainError):
        return of_domain(error)
    return _of_framework(error)


def of_domain(error: domain.DomainError) -> Problem:
    """The domain's four kinds of refusal."""
    words = str(error)
    faults = [Fault.at(_path(error.field), error.code, words)] if error.field else []
    match error:
        case domain.Forbidden():
            return Problem("forbidden", words)
        case domain.Conflict():
            return Problem("stale", words, version=error.version)
        case domain.Duplicate():
            return Problem("duplicate", words, errors=faults)
        case domain.StateConflict():
            kind = "cancel-instead" if error.code == "cancel_instead" else "conflict"
            return Problem(kind, words, errors=faults, code=error.code)
    return Problem("invalid", words, errors=faults or [Fault("", error.code, words)])


def _of_framework(error: Exception) -> Problem:
    match error:
        case drf.ValidationError():
            faults = list(_faults(error.get_full_details(), ()))
            return Problem("invalid", _("%(count)s values are refused.") % {"count": len(faults)}, errors=faults)
        case drf.Throttled():
            wait = {"Retry-After": str(max(1, round(getattr(error, "wait", None) or 1)))}
            return Problem("too-many", _("Wait a little, then go on."), headers=wait)
        case Http404() | drf.NotFound():
            return Problem("not-found", _("There is no such object, or it is outside what you may see."))
        case PermissionDenied():
            return Problem("forbidden", str(error))
        case RequestDataTooBig():
            return Problem("too-large", _("A field of the form is too long; only the file may be large."))
        case SuspiciousOperation() | MultiPartParserError():  # what Django says of a form that cannot be read
            return Problem("malformed", _("This is no form that can be read: %(fault)s.") % {"fault": error})
    kind = next((kind for raised, kind in PLAIN.items() if isinstance(error, raised)), None)
    if kind is None:
        return Problem("internal", _("This is a fault of ours; it was noted. Try again later."))
    return Problem(kind, getattr(error, "detail", ""))


def _faults(details: Any, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """Serializers tell nested what is wrong; a leaf has `message` and `code`."""
    if isinstance(details, list):
        for place, inner in enumerate(details):
            leaf = isinstance(inner, dict) and set(inner) == {"message", "code"}
            yield from _faults(inner, path if leaf else (*path, place))
    elif set(details) == {"message", "code"}:
        yield Fault.at(path, details["code"], details["message"])
    else:
        for name, inner in details.items():
            yield from _faults(inner, path if name == "non_field_errors" else (*path, name))


# Columns that are called otherwise by whoever sent them.
SENT_AS = {"is_active": "active", "source_start": "source_span", "source_end": "source_span"}


def _path(field: str) -> list[str]:
    """`due_on` is a half of a date to the domain, and a member of an object to whoever sent it."""
    field = SENT_AS.get(field, field)
    for half in ("_on", "_precision"):
        if field.endswith(half) and field.removesuffix(half) in ("due", "forecast", "actual", "baseline"):
            return [field.removesuffix(half), half[1:]]
    return field.split(".")
