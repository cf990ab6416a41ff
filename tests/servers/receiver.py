"""What does a webhook's receiver do to us: accept, refuse, be slow, say nothing, dribble, be down?"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Request:
    path: str
    headers: Message
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    status: int = 200
    text: str = "ok"
    headers: Sequence[tuple[str, str]] = ()


class Receiver:
    """A server on one loopback port, also after `down()` and `up()`. Use it as a context manager.

    `answers` are given in their order, the last one for ever. While `silent` it takes the body and says nothing;
    `dribbles` sends its answer a byte at a time until whoever waits has gone; `hangs_up` gives none; `breaks_off`
    leaves after the first of its body; `gigabytes` is how much of one it would send (`sent`: how much was taken).
    """

    def __init__(self, on_request: Callable[[], None] | None = None) -> None:
        self.requests: list[Request] = []
        self.answers: list[Answer] = [Answer()]
        self.silent = False
        self.dribbles = False
        self.hangs_up = False
        self.breaks_off = False
        self.gigabytes = 0
        self.sent = 0
        self.released = threading.Event()
        self.on_request = on_request
        self.port = 0
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/very-secret-token?key=another-secret"

    def answer(self, *answers: Answer | int) -> None:
        self.answers = [Answer(one) if isinstance(one, int) else one for one in answers]

    def up(self) -> None:
        self._server = _Server(self)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def down(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.down()

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        super().__init__(("127.0.0.1", receiver.port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever waited has hung up, as some tests want."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        receiver.requests.append(Request(self.path, self.headers, body))
        if receiver.on_request is not None:
            receiver.on_request()
        if receiver.silent:
            receiver.released.wait(60)
        elif receiver.dribbles:
            self._dribble()
        elif receiver.gigabytes:
            self._pour(receiver)
        elif receiver.hangs_up:
            self.close_connection = True
        else:
            self._answer(receiver.next_answer())

    do_GET = do_POST  # noqa: N815 - the standard library's name

    def _answer(self, answer: Answer) -> None:
        content = answer.text.encode()
        self.send_response(answer.status)
        for name, value in (*answer.headers, ("Content-Length", str(len(content)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[:1] if self.server.receiver.breaks_off else content)

    def _dribble(self) -> None:
        while not self.server.receiver.released.wait(0.05):
            self.wfile.write(b"x")
            self.wfile.flush()

    def _pour(self, receiver: Receiver) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(receiver.gigabytes * 1_000_000_000))
        self.end_headers()
        while receiver.sent < receiver.gigabytes * 1_000_000_000:
            self.wfile.write(b"x" * 65536)
            receiver.sent += 65536

    def log_message(self, format: str, *words: Any) -> None:  # noqa: A002 - the standard library's name
        """Nothing."""
