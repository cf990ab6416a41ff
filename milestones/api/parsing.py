"""How is a body read? As JSON in UTF-8 of a bearable size, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from .problems import Problem

LONGEST = 4 * 1024 * 1024  # bytes; batches and files have limits of their own


class StrictJson(BaseParser):
    """RFC 8259: no NaN, no broken UTF-8, no nesting without end. An empty body is an empty object."""

    media_type = "application/json"
    longest = LONGEST

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        body = read(stream, self.longest, parser_context)
        if not body.strip():
            return {}
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(_("This is no JSON in UTF-8: %(fault)s.") % {"fault": error}) from None


def read(stream: Any, longest: int, context: Mapping[str, Any] | None) -> bytes:
    """The whole body. Problem 413 when it is longer than `longest`; where its length is told, before it is read."""
    check_length(longest, context)
    body = stream.read(longest + 1)
    if len(body) > longest:
        raise _too_long(longest)
    return bytes(body)


def check_length(longest: int, context: Mapping[str, Any] | None) -> None:
    """Problem 413 for a body that says it is longer than `longest` bytes."""
    told = (context or {}).get("request")
    length = told.META.get("CONTENT_LENGTH") if told is not None else None
    if length and length.isdigit() and int(length) > longest:
        raise _too_long(longest)


def _too_long(longest: int) -> Problem:
    return Problem("too-large", _("At most %(longest)s bytes are read here.") % {"longest": longest})
