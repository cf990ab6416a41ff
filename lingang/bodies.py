"""Does a server get to the end of what it is sent, however its length is told and whatever it is answered?

Chunked bodies (RFC 9112, 7.1) have no length, and Django reads nothing of them: they are put aside up to what any
address takes, then have one. What an answer left unread is read before that answer leaves: whoever is still writing
when the connection closes sees a reset, and not why it was refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any

PIECE = 1 << 16
IN_MEMORY = 1 << 20
MOST = 64 * 1024 * 1024  # bytes of a body without a length; no address takes that many
SECONDS = 10.0  # of reading for nobody: whoever is slower, or sends more, is cut off
SILENCE = 2.0

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Bodies:
    """Around a WSGI application."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sent, length = environ["wsgi.input"], environ.get("CONTENT_LENGTH") or "0"
        if _is_chunked(environ):
            with SpooledTemporaryFile(IN_MEMORY) as aside:
                _put_aside(sent, aside, environ)
                answer = self.app(environ, start_response)
        elif length.isdigit() and length != "0":
            sent = environ["wsgi.input"] = Rest(sent, int(length))
            answer = self.app(environ, start_response)
        else:
            return self.app(environ, start_response)
        _drain(sent, environ.get("gunicorn.socket"))
        return answer


class Rest:
    """A stream that ends where the body does."""

    def __init__(self, stream: Any, length: int) -> None:
        self.stream, self.left = stream, length

    def read(self, size: int | None = -1) -> bytes:
        return self._counted(self.stream.read(self._most(size)))

    def readline(self, size: int | None = -1) -> bytes:
        return self._counted(self.stream.readline(self._most(size)))

    def _most(self, size: int | None) -> int:
        return self.left if size is None or size < 0 else min(size, self.left)

    def _counted(self, data: bytes) -> bytes:
        self.left -= len(data)
        return data


def _drain(sent: Any, socket: Any) -> None:
    until = time.monotonic() + SECONDS
    before = socket.gettimeout() if socket is not None else None
    try:
        if socket is not None:
            socket.settimeout(SILENCE)
        while sent.read(PIECE) and time.monotonic() < until:
            pass
    except OSError:
        pass  # it is gone, or silent: the server closes the connection
    finally:
        if socket is not None:
            socket.settimeout(before)


def _is_chunked(environ: dict[str, Any]) -> bool:
    told = environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    return "chunked" in told and bool(environ.get("wsgi.input_terminated")) and not environ.get("CONTENT_LENGTH")


def _put_aside(sent: Any, aside: IO[bytes], environ: dict[str, Any]) -> None:
    """One that is longer than anything that is taken keeps the length at which it was given up."""
    length = 0
    while length <= MOST and (data := sent.read(PIECE)):
        length += len(data)
        aside.write(data)
    aside.seek(0)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = aside, str(length)
