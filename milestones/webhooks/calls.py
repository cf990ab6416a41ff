"""How is one message posted, and what came back? Nothing here touches the database: it runs in a thread of its own."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPException

from milestones import calling, urlguard
from milestones.calling import NoAnswer
from milestones.urlguard import Networks, Refused, Resolve, Why

SECONDS = 15.0
KEPT = 500  # characters of an answer


class Failure(StrEnum):
    """Why there was no answer."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    CLOSED = "closed"  # in the midst of it
    TLS = "tls"
    UNKNOWN_NAME = "unknown_name"
    NOT_PUBLIC = "not_public"
    ADDRESS = "address"
    FAULT = "fault"  # of ours


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it leaves."""

    url: str = field(repr=False)
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """`status` is None without an answer; `failure` says why then. `said` is for people."""

    milliseconds: int
    status: int | None = None
    failure: str = ""
    said: str = ""
    retry_after: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom it may call, and for how long."""

    allowed: Networks = ()
    seconds: float = SECONDS
    resolve: Resolve | None = None

    def call(self, letter: Letter) -> Result:
        """Raises nothing that a receiver could provoke."""
        began = time.monotonic()
        try:
            target = urlguard.read(letter.url)
            answer = calling.post(
                target, letter.headers, letter.body, allowed=self.allowed, seconds=self.seconds, resolve=self.resolve
            )
        except Refused as refusal:
            return Result(_milliseconds(began), failure=_refused(refusal.why))
        except NoAnswer as silence:
            return Result(_milliseconds(began), failure=self._silent(silence, began), said=silence.words[:KEPT])
        said = answer.words[:KEPT]
        return Result(_milliseconds(began), status=answer.status, said=said, retry_after=answer.retry_after)

    def _silent(self, silence: NoAnswer, began: float) -> Failure:
        """One that was cut off when its time was up looks as if the receiver had closed the connection."""
        if isinstance(silence.cause, TimeoutError) or time.monotonic() - began >= self.seconds:
            return Failure.TIMEOUT
        if isinstance(silence.cause, ssl.SSLError):
            return Failure.TLS
        closed = silence.handed_over or isinstance(silence.cause, HTTPException)
        return Failure.CLOSED if closed else Failure.UNREACHABLE


def _refused(why: Why) -> Failure:
    known = {Why.UNKNOWN_NAME: Failure.UNKNOWN_NAME, Why.NOT_PUBLIC: Failure.NOT_PUBLIC}
    return known.get(why, Failure.ADDRESS)


def _milliseconds(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
