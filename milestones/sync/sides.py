"""How is an installation asked, this one or another?"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from django.utils.translation import gettext as _

SECONDS = 60
PATIENCE = 5  # how often a 429, a 503 or a broken line is tried again
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

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Tries again what may pass by itself. Raises Unreachable when it does not."""
        for attempt in range(PATIENCE):
            answer = self._once(method, path, body, dict(headers or {}))
            if answer is not None and answer.status not in (429, 503):
                return answer
            self._wait(_pause(answer, attempt))
        raise Unreachable(
            _("%(host)s does not answer; start the command again later, it goes on where it stopped.")
            % {"host": self._parts.netloc}
        )

    def _once(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer | None:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers |= {"Authorization": f"Bearer {self._token}", "User-Agent": AGENT}
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            self._line = self._line or self._connected()
            self._line.request(method, f"{self._parts.path.rstrip('/')}/api/v1{path}", content, headers)
            answer = self._line.getresponse()
            return self._read(answer.status, dict(answer.headers.items()), answer.read())
        except (OSError, HTTPException):
            self._drop()
            return None

    def _connected(self) -> HTTPConnection:
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        line = kind(str(self._parts.hostname), self._parts.port, timeout=SECONDS)
        line.connect()
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _read(self, status: int, headers: dict[str, str], content: bytes) -> Answer:
        if not content:
            return Answer(status, None, headers)
        try:
            return Answer(status, json.loads(content), headers)
        except ValueError:
            words = _("%(host)s answered %(status)s, which is no answer of this application.")
            raise Unreachable(words % {"host": self._parts.netloc, "status": status}) from None


def query(path: str, **values: str) -> str:
    return f"{path}?{urlencode(values)}"


def _pause(answer: Answer | None, attempt: int) -> float:
    told = (answer.headers if answer else {}).get("Retry-After", "")
    return min(float(told), 120) if told.isdigit() else float(2**attempt)


def pages(side: Side, path: str) -> Iterator[dict[str, Any]]:
    """The rows of a list, to its end."""
    address: str | None = path
    while address:
        answer = side.ask("GET", address)
        if not answer.ok:
            raise Unreachable(answer.words)
        yield from answer.data["results"]
        following = answer.data["next"]
        address = following.partition("/api/v1")[2] if following else None
