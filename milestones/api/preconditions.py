"""Did the one who writes see what is stored now (RFC 9110, 13)?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from .answers import etag
from .problems import Problem


def tags(header: str) -> list[str]:
    """The entity tags of a header, quotes and all; `*` as it is."""
    return [one for part in header.split(",") if (one := part.strip())]


def is_fresh(headers: Mapping[str, str], version: int) -> bool:
    """If-None-Match: the reader holds this version already. Weak comparison, as for GET."""
    given = headers.get("If-None-Match")
    if given is None:
        return False
    return any(one == "*" or one.removeprefix("W/") == etag(version) for one in tags(given))


def check(headers: Mapping[str, str], version: int, current: Callable[[], Any], *, needed: bool) -> None:
    """If-Match: Problem 428 when it is `needed` and missing, 412 with the present object when it names another."""
    given = headers.get("If-Match")
    if given is None:
        if needed:
            words = _("Send the entity tag of the object you saw as If-Match.")
            raise Problem("precondition-required", words)
        return
    if not any(one in ("*", etag(version)) for one in tags(given)):
        raise stale(current())


def stale(current: Any) -> Problem:
    words = _("The object is not the one you saw; `current` is what it is now. Nothing was changed.")
    return Problem("stale", words, current=current)
