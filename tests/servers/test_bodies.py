"""Does whoever sends too much learn why it is refused, and is a body without a length read?"""

from __future__ import annotations

import io
from typing import Any

import pytest

from lingang import bodies
from lingang.bodies import Bodies


def ask(sent: bytes, *, reads: int = 0, **environ: Any) -> tuple[bytes, int, dict[str, Any]]:
    """What the application reads of `sent`, how much was read in all, and what it was told."""
    line = io.BytesIO(sent)
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        return [environ["wsgi.input"].read(reads)]

    answer = Bodies(app)({"wsgi.input": line, **environ}, lambda *_: None)
    return b"".join(answer), line.tell(), seen


def test_what_an_answer_left_unread_is_read_before_it_leaves() -> None:
    assert ask(b"x" * 200_000, reads=10, CONTENT_LENGTH="200000")[:2] == (b"x" * 10, 200_000)
    assert ask(b"x" * 30 + b"NEXT", reads=10, CONTENT_LENGTH="30")[1] == 30, "what follows is another request"
    assert ask(b"x" * 20, reads=-1, CONTENT_LENGTH="30")[:2] == (b"x" * 20, 20), "a line that broke"


def test_whoever_sends_for_ever_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SECONDS", 0.0)
    assert ask(b"x" * 900_000, reads=10, CONTENT_LENGTH="900000")[1] < 100_000


def test_a_body_without_a_length_gets_one() -> None:
    chunked: Any = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    body, _read, told = ask(b"{}", reads=-1, **chunked)
    assert (body, told["CONTENT_LENGTH"]) == (b"{}", "2")
    assert ask(b"{}", reads=2, HTTP_TRANSFER_ENCODING="chunked")[2].get("CONTENT_LENGTH") is None, "its end is unknown"
