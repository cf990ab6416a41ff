"""How is an installation asked, this one or another?"""

from __future__ import annotations

import json
import socket
import ssl
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from django.utils.translation import gettext as _

SECONDS = 60
PATIENCE = 6  # how often it is asked when it is busy or the line breaks
BUSY = (429, 502, 503, 504)
AGENT = "lingang-milestones"


@dataclass(frozen=True)
class Answer:
    status: int
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def kind(self) -> str:
        """The last part of a problem's type."""
        return str(self.data.get("type", "")).rpartition("/")[2] if isinstance(self.data, dict) else ""

    @property
    def words(self) -> str:
        """What a problem document says, each fault with its place."""
        if not isinstance(self.data, dict):
            return str(self.status)
        faults = [f"{one.get('pointer', '')}: {one.get('detail', '')}" for one in self.data.get("errors", ())]
        return "; ".join(faults) or str(self.data.get("detail", self.status))


class Side(Protocol):
    """An installation's REST API; `path` is below /api/v1."""

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer: ...  # pragma: no cover


class Unreachable(Exception):
    """The other installation does not answer, or not as one of ours would."""


class Remote:
    """Another installation, by its address and a token. One connection, kept open."""

    def __init__(self, url: str, token: str, wait: Callable[[float], None] = time.sleep) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise Unreachable(
                _("“%(url)s” is no address of an installation, such as https://example.org.") % {"url": url}
            )
        self._parts, self._token, self._wait = parts, token, wait
        self._line: HTTPConnection | None = None
        self._has_answered = False

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Tries again what may pass by itself; a POST with a key, so that it is done once. Raises Unreachable."""
        given = dict(headers or {}) | ({"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {})
        why: Exception | str = ""
        for attempt in range(PATIENCE):
            answer: Answer | None = None
            was_open = self._line is not None
            try:
                answer = self._once(method, path, body, given)
            except (OSError, HTTPException) as error:
                why = error
                self.close()
                if not self._has_answered or isinstance(error, ssl.SSLError):
                    break
                if was_open:
                    continue  # a server closes what was silent for a while
            if answer is not None and not _passes(answer):
                return answer
            why = answer.words if answer is not None else why
            self._wait(_pause(answer, attempt))
        words = _("%(host)s does not answer (%(why)s); start the command again later, it goes on where it stopped.")
        raise Unreachable(words % {"host": self._parts.netloc, "why": why or type(why).__name__})

    def _once(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        own = {"Authorization": f"Bearer {self._token}", "User-Agent": AGENT, "Content-Type": "application/json"}
        self._line = self._line or self._connected()
        self._line.request(method, f"{self._parts.path.rstrip('/')}/api/v1{path}", content, {**headers, **own})
        answer = self._line.getresponse()
        found = self._read(answer.status, dict(answer.headers.items()), answer.read())
        self._has_answered = True
        return found

    def _connected(self) -> HTTPConnection:
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        line = kind(str(self._parts.hostname), self._parts.port, timeout=SECONDS)
        line.connect()
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _read(self, status: int, headers: dict[str, str], content: bytes) -> Answer:
        if status in BUSY or not content:
            return Answer(status, None, headers)
        try:
            return Answer(status, json.loads(content), headers)
        except ValueError:
            words = _("%(host)s answered %(status)s, which is no answer of this application. Is the address right?")
            raise Unreachable(words % {"host": self._parts.netloc, "status": status}) from None


def query(path: str, **values: str) -> str:
    return f"{path}?{urlencode(values)}"


def _passes(answer: Answer) -> bool:
    """Whether the same question is answered otherwise a little later."""
    return answer.status in BUSY or (answer.status == 409 and answer.kind == "in-progress")


def _pause(answer: Answer | None, attempt: int) -> float:
    told = (answer.headers if answer else {}).get("Retry-After", "")
    return min(float(told), 120) if told.isdigit() else float(2**attempt)
