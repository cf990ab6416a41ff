"""/milestones/batch: thousands of milestones in one request, each with its own answer."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from milestones.batch import operations, rows
from milestones.batch.results import BothValues, Result, SameKey
from milestones.batch.rows import Row, Unread

from .. import answers, errors
from ..pagination import bad
from ..parsing import read
from ..problems import Fault, Problem
from ..resources import View

MOST = 10_000  # rows
LONGEST = 32 * 1024 * 1024  # bytes
COMMAS = 40 * MOST  # with more of them an array is counted before it is taken apart
FLAGS: Mapping[str, bool] = {"true": True, "false": False}


class Body(bytes):
    """What was sent, as it stands; `texts` are its rows, each JSON of its own."""

    @cached_property
    def texts(self) -> Sequence[Any]:
        raise NotImplementedError

    @property
    def good(self) -> list[Row] | None:
        """The rows, where that is told without looking at each text."""
        return None

    @property
    def by_value(self) -> bytes:
        """The same for the same values, whatever the order of keys and the blanks between them."""
        return b"\n".join(_by_value(bytes(text)) for text in self.texts)


class Array(Body):
    @cached_property
    def texts(self) -> Sequence[Any]:
        try:
            text = self.decode()
            _check_number(_elements(text) if self.count(b",") > COMMAS else iter(()))
            return rows.split(self)
        except UnicodeDecodeError as error:
            raise _malformed(error) from None
        except (ValueError, RecursionError) as error:
            if self.lstrip()[:1] not in (b"[", b""):
                raise Problem("invalid", errors=[Fault("", "type", _("A list of rows is expected here."))]) from None
            raise _malformed(error) from None

    @property
    def good(self) -> list[Row] | None:
        """None for more than can be taken into memory before they are counted."""
        return None if self.count(b",") > COMMAS else rows.read_all(self)


class Lines(Body):
    @cached_property
    def texts(self) -> Sequence[Any]:
        """Blank lines are none."""
        return _check_number(line for line in io.BytesIO(self) if line.strip())


class JsonRows(BaseParser):
    media_type = "application/json"
    body: ClassVar[type[Body]] = Array

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        return self.body(read(stream, LONGEST, parser_context))


class NdjsonRows(JsonRows):
    media_type = "application/x-ndjson"
    body = Lines


class Batch(View):
    parser_classes = (JsonRows, NdjsonRows)
    written_with = ("dry_run", "atomic")

    def create(self, request: Request) -> HttpResponse:
        options = _options(request.query_params)
        given = _rows(request.data)
        try:
            answer = operations.run(given, **self.how, **options)
        except SameKey as error:
            raise _same_key(error) from error
        told: dict[str, Any] = {"results": list(map(_told, answer.results)), "summary": answer.summary}
        if options["atomic"] and answer.has_bad:
            raise Problem("invalid", _("Some rows are refused, so none was written."), **told)
        return answers.json(told)


def _options(query: Any) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name in ("dry_run", "atomic"):
        word = query.get(name, "false")
        if word not in FLAGS:
            raise bad(name, _("“%(name)s” is true or false.") % {"name": name})
        options[name] = FLAGS[word]
    return options


def _rows(body: Any) -> list[Row | Unread]:
    """An empty body of an unknown type arrives as an empty mapping."""
    body = body if isinstance(body, Body) else Lines()
    found: list[Any] | None = body.good
    if found is None:
        clean = rows.NUL not in body
        found = [rows.read(text, clean=clean) for text in body.texts[: MOST + 1]]
    if len(found) > MOST:
        raise _too_many()
    if not found:
        raise Problem("invalid", errors=[Fault("", "empty", _("A batch has at least one row."))])
    return found


def _check_number(texts: Iterator[Any]) -> list[Any]:
    """All of them, when they are not too many: no more than that is taken into memory."""
    found = list(islice(texts, MOST + 1))
    if len(found) > MOST:
        raise _too_many()
    return found


def _elements(text: str) -> Iterator[None]:
    """One None for each element of an array."""
    decoder, at = json.JSONDecoder(), _blank(text, 0) + 1
    while (at := _blank(text, at)) < len(text) and text[at] != "]":
        _value, at = decoder.raw_decode(text, at)
        at = _blank(text, at) + 1
        yield None


def _blank(text: str, at: int) -> int:
    """Where the next character stands that is no white space."""
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _by_value(text: bytes) -> bytes:
    try:
        return orjson.dumps(orjson.loads(text), option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, TypeError):
        return text


def _told(result: Result) -> dict[str, Any]:
    return {
        "index": result.index,
        "status": result.status,
        "id": result.id,
        "version": result.version,
        "problem": _problem(result) if result.errors else None,
    }


def _problem(result: Result) -> dict[str, Any]:
    """The problem of one row; its pointers lead into that row."""
    found = [errors.of_domain(error) for error in result.errors]
    first, body = result.errors[0], found[0].body()
    body["errors"] = [vars(fault) for problem in found for fault in problem.errors]
    return body | {"values": first.both} if isinstance(first, BothValues) else body


def _same_key(error: SameKey) -> Problem:
    words = str(error)
    return Problem("invalid", words, errors=[Fault(f"/{row}", error.code, words) for row in error.rows])


def _too_many() -> Problem:
    return Problem("too-large", _("A batch has at most %(most)s rows; send several.") % {"most": MOST})


def _malformed(error: Exception) -> ParseError:
    return ParseError(_("This is no JSON in UTF-8: %(fault)s.") % {"fault": error})
