"""How is the application asked over HTTP as another system would: its own process, one kept connection, a token?"""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from bench import data


class Connection:
    """Asks one after another."""

    def __init__(self, port: int, token: str) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port)
        self.headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
        """The JSON of the answer."""
        text = self.text(method, path, body, **headers)
        return orjson.loads(text) if text else None

    def text(self, method: str, path: str, body: bytes | None = None, **headers: str) -> bytes:
        """The answer, which has to be a success."""
        kind = {} if body is None else {"Content-Type": "application/json"}
        self.http.request(method, path, body, self.headers | kind | headers)
        answer = self.http.getresponse()
        text = answer.read()
        assert answer.status < 300, (answer.status, text[:300])
        return text


class Visitor:
    """A signed-in person with a browser that keeps its connection."""

    def __init__(self, port: int, session: str) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port)
        self.headers = {"Cookie": f"sessionid={session}", "Accept-Language": "zh-CN", "Host": f"localhost:{port}"}

    def get(self, path: str) -> bytes:
        """The page; it has to be one, and not the way to the sign-in."""
        self.http.request("GET", path, headers=self.headers)
        answer = self.http.getresponse()
        text = answer.read()
        assert answer.status == 200, (path, answer.status, text[:300])
        return text


@contextmanager
def served(*scopes: str) -> Iterator[Connection]:
    """The server as an installation runs it, and a client of these scopes whose rate is no limit."""
    with _running() as port:
        yield Connection(port, _token(*scopes))


@contextmanager
def visited(person: Any) -> Iterator[Visitor]:
    """The same server, and this person signed in."""
    with _running() as port:
        yield Visitor(port, _session(person))


@contextmanager
def _running() -> Iterator[int]:
    port = _free_port()
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:lingang.server", "--bind", f"127.0.0.1:{port}"]
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([*gunicorn, "lingang.wsgi"], **quiet)
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _session(person: Any) -> str:
    """What a browser's cookie holds after a sign-in."""
    from django.test import Client

    client = Client()
    client.force_login(person, backend="milestones.people.sign_in.Backend")
    return client.cookies["sessionid"].value


def _token(*scopes: str) -> str:
    from milestones.actors import Actor
    from milestones.clients import operations
    from milestones.models import ApiClient

    name = f"bench-{ApiClient.objects.count()}"
    values = {"name": name, "scopes": list(scopes), "rate": "1000000/min"}
    return operations.create(values, actor=Actor.system(), now=data.NOW).token


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(port: int) -> None:
    for _try in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not come up")
