"""How does a message reach an organisation's webhook, and what did the receiver say?

The whole exchange has ten seconds, however slowly it is answered. No redirect is followed: the answer must come from
where the office said. What is stored of an answer never holds the address beyond its host.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import unquote

from milestones import urlguard
from milestones.urlguard import Networks, Refused, Resolve, Target

from .transport import Fate, Outcome

SECONDS = 10.0
KEPT = 300  # characters of an answer
READ = 4096  # bytes of it
LATER = frozenset({408, 425, 429})  # the only 4xx that say: not now (RFC 9110, 8470, 6585)
SHORTEST_SECRET = 6
MASK = "•••"


class Webhook:
    """A transport: one exchange a message, on a connection of its own.

    It never raises Unavailable: each message goes to another receiver, and one that is down keeps no other waiting.
    """

    def __init__(self, allowed: Networks = (), *, seconds: float = SECONDS, resolve: Resolve | None = None) -> None:
        self.allowed = allowed
        self.seconds = seconds
        self.resolve = resolve

    def send(self, name: str, sender: str, to: str, message: bytes) -> Outcome:
        """`name` is the row's id and the number of the attempt, `to` the address of the webhook."""
        try:
            target = urlguard.read(to)
            with self._connected(target) as connection:
                return _exchange(connection, target, name.rpartition("-")[0], message)
        except Refused as refusal:
            return _not_called(refusal)
        except (OSError, HTTPException) as error:
            return Outcome(Fate.DEFERRED, _words(error, target))

    def close(self) -> None:
        return None

    @contextlib.contextmanager
    def _connected(self, target: Target) -> Iterator[HTTPConnection]:
        """Cut off when its time is up: a receiver that dribbles would otherwise be waited for at every byte anew."""
        ends = time.monotonic() + self.seconds
        connection = HTTPConnection(target.host, target.port)
        plain = urlguard.connect(target, self.allowed, ends, self.resolve)
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


def _exchange(connection: HTTPConnection, target: Target, key: str, message: bytes) -> Outcome:
    """Once the body is on its way the receiver may have taken it, whatever comes after."""
    connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
    for name, value in _headers(target, key, message).items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        connection.send(message)
        response = connection.getresponse()
    except (OSError, HTTPException) as error:
        return Outcome(Fate.UNKNOWN, _words(error, target))
    with response:
        return _outcome(response, _said(response, target))


def _not_called(refusal: Refused) -> Outcome:
    """A name that is not found may be found later; one that has come to lead inside is a matter for the office."""
    if refusal.why is urlguard.Why.UNKNOWN_NAME:
        return Outcome(Fate.DEFERRED, f"not sent: {refusal.host} is not found")
    if refusal.why is urlguard.Why.NOT_PUBLIC:
        return Outcome(Fate.REFUSED, f"not sent: {refusal.host} leads to an address that is not public")
    return Outcome(Fate.REFUSED, f"not sent: the address may not be called ({refusal.why})")


def _headers(target: Target, key: str, message: bytes) -> Mapping[str, str]:
    return {
        "Host": target.authority,
        "User-Agent": "lingang",
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(message)),
        "Idempotency-Key": key,
        "Connection": "close",
    }


def _outcome(response: HTTPResponse, reply: str) -> Outcome:
    status = response.status
    if 200 <= status < 300:
        return Outcome(Fate.ACCEPTED, reply)
    if status >= 500 or status in LATER:
        return Outcome(Fate.DEFERRED, reply, wait=wait(response.getheader("Retry-After", ""), datetime.now(UTC)))
    if 300 <= status < 400:
        return Outcome(Fate.REFUSED, f"{reply} (redirects are not followed)")
    return Outcome(Fate.REFUSED, reply)


def wait(text: str, now: datetime) -> timedelta:
    """How long a Retry-After (RFC 9110, 10.2.3) asks to wait, in seconds or as a date; nothing when it says neither."""
    if re.fullmatch(r"[0-9]{1,6}", text):
        return timedelta(seconds=int(text))
    try:
        return max(parsedate_to_datetime(text) - now, timedelta())
    except (TypeError, ValueError, OverflowError):  # no date, one without a zone, or none that there is
        return timedelta()


def _said(response: HTTPResponse, target: Target) -> str:
    """The status decides; what stands below it is for people, and may break off."""
    text = b""
    with contextlib.suppress(OSError, HTTPException):
        text = response.read(READ)
    return _shown(f"{response.status} {response.reason} {text.decode('utf-8', 'replace')}", target)


def _words(error: BaseException, target: Target) -> str:
    return _shown(f"{type(error).__name__}: {error}", target)


def _shown(text: str, target: Target) -> str:
    """One line of it, that a database takes (PostgreSQL stores no NUL)."""
    kept = masked(text, target)[:KEPT]
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


def _secured(plain: socket.socket, target: Target) -> ssl.SSLSocket:
    """The certificate must be that of the name, although an address was called."""
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)


def _cut_off(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(wire, socket.SHUT_RDWR)  # of the plain socket: a TLS good-bye would wait for an answer
