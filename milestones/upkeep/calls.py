"""How is an address outside called, so that whatever it does harms nobody here?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

import structlog

log = structlog.get_logger(__name__)

SECONDS = 5  # for each step of the conversation
LONGEST_WORDS = 300  # the column that keeps an answer
AGENT = "lingang-milestones"


@dataclass(frozen=True)
class Answer:
    """`words` never hold the address: its path is often a secret."""

    ok: bool
    words: str


class _Stay(HTTPRedirectHandler):
    """A redirect is an answer that is not what was hoped for; what is sent goes nowhere else."""

    def redirect_request(self, *args: Any) -> None:
        return None


def call(url: str, body: dict[str, Any] | None = None) -> Answer:
    """GET, or POST of `body` as JSON. Any trouble is an answer that is not ok, with a line in the log."""
    answer = _ask(url, body)
    if not answer.ok:
        log.warning("call_failed", host=urlsplit(url).hostname, answer=answer.words)
    return answer


def _ask(url: str, body: dict[str, Any] | None) -> Answer:
    headers = {"User-Agent": AGENT} | ({} if body is None else {"Content-Type": "application/json"})
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    request = Request(url, data, headers)  # noqa: S310 - the settings let http and https through only
    try:
        with _opener().open(request, timeout=SECONDS) as response:
            return Answer(True, f"{response.status} {response.reason}"[:LONGEST_WORDS])
    except HTTPError as error:
        with error:
            return Answer(False, f"{error.code} {error.reason}"[:LONGEST_WORDS])
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return Answer(False, f"{type(error).__name__}: {reason}".replace(url, "…")[:LONGEST_WORDS])


def _opener() -> OpenerDirector:
    """With the proxy that the environment names, as other programs on this machine have it."""
    return build_opener(_Stay)
