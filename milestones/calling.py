"""How is a body posted to an address that somebody gave us, and what came back?

The whole exchange has its seconds, however slowly it is answered. No redirect is followed: the answer must come from
where was said. What is told of an answer never holds the address beyond its host.

Standards: RFC 9110 (HTTP), RFC 9112 (its first line), RFC 6066 and 9525 (certificates by name).
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import unquote

from . import urlguard
from .urlguard import Networks, Resolve, Target

READ = 4096  # bytes of an answer; more is not taken, however much is sent
SHORTEST_SECRET = 6
MASK = "•••"


@dataclass(frozen=True, slots=True)
class Answer:
    """`words` are its beginning, for people. `retry_after` is the header as it stood, empty without one."""

    status: int
    reason: str
    words: str
    retry_after: str = ""


class NoAnswer(Exception):
    """`handed_over`: the body was on its way, the receiver may have taken it. `cause` is what the machine said."""

    def __init__(self, words: str, cause: BaseException, *, handed_over: bool) -> None:
        super().__init__(words)
        self.words = words
        self.cause = cause
        self.handed_over = handed_over


def post(
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    *,
    allowed: Networks = (),
    seconds: float,
    resolve: Resolve | None = None,
) -> Answer:
    """POST on a connection of its own. Raises urlguard.Refused before anything leaves, and NoAnswer."""
    handed_over = False
    try:
        with _connected(target, allowed, seconds, resolve) as connection:
            _begin(connection, target, headers, body)
            handed_over = True
            connection.send(body)
            with connection.getresponse() as response:
                return _answer(response, target)
    except (OSError, HTTPException) as error:
        raise NoAnswer(shown(f"{type(error).__name__}: {error}", target), error, handed_over=handed_over) from error


def wait(text: str, now: datetime) -> timedelta:
    """How long a Retry-After (RFC 9110, 10.2.3) asks to wait, in seconds or as a date; nothing when it says neither."""
    if re.fullmatch(r"[0-9]{1,6}", text):
        return timedelta(seconds=int(text))
    try:
        return max(parsedate_to_datetime(text) - now, timedelta())
    except (TypeError, ValueError, OverflowError):  # no date, one without a zone, or none that there is
        return timedelta()


def shown(text: str, target: Target) -> str:
    """One line of it, that a database takes (PostgreSQL stores no NUL)."""
    kept = masked(text[:READ], target)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in kept).split())


def masked(text: str, target: Target) -> str:
    """Without what of the address stands in it: a receiver likes to repeat what it was asked."""
    path, _mark, query = target.path.partition("?")
    parts = {target.path, *path.split("/"), *re.split("[&=]", query)}
    parts |= {unquote(part) for part in parts}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= SHORTEST_SECRET:
            text = text.replace(part, MASK)
    return text


@contextlib.contextmanager
def _connected(target: Target, allowed: Networks, seconds: float, resolve: Resolve | None) -> Iterator[HTTPConnection]:
    """Cut off when its time is up: a receiver that dribbles would otherwise be waited for at every byte anew."""
    ends = time.monotonic() + seconds
    connection = HTTPConnection(target.host, target.port)
    plain = urlguard.connect(target, allowed, ends, resolve)
    wire = _secured(plain, target) if target.scheme == "https" else plain
    connection.sock = wire
    cut = threading.Timer(max(0.05, ends - time.monotonic()), _cut_off, [wire])
    cut.daemon = True
    cut.start()
    try:
        if isinstance(wire, ssl.SSLSocket):
            wire.do_handshake()
        yield connection
    finally:
        cut.cancel()
        connection.close()


def _begin(connection: HTTPConnection, target: Target, headers: Mapping[str, str], body: bytes) -> None:
    connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
    usual = {"Host": target.authority, "User-Agent": "lingang", "Connection": "close"}
    for name, value in {**usual, **headers, "Content-Length": str(len(body))}.items():
        connection.putheader(name, value)
    connection.endheaders()


def _answer(response: HTTPResponse, target: Target) -> Answer:
    """The status decides; what stands below it is for people, and may break off."""
    text = b""
    with contextlib.suppress(OSError, HTTPException):
        text = response.read(READ)
    words = shown(f"{response.status} {response.reason} {text.decode('utf-8', 'replace')}", target)
    return Answer(response.status, response.reason, words, response.getheader("Retry-After") or "")


def _secured(plain: socket.socket, target: Target) -> ssl.SSLSocket:
    """The certificate must be that of the name, although an address was called."""
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)


def _cut_off(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(wire, socket.SHUT_RDWR)  # of the plain socket: a TLS good-bye would wait for an answer
