"""Does the command say clearly what is wrong, and does it go on after a kill?"""

from __future__ import annotations

import io
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError

from milestones.management.progress import Progress
from milestones.models import SyncLink
from milestones.sync.alone import AlreadyRunning, alone
from milestones.sync.sides import Remote, Unreachable
from milestones.sync.summary import Summary
from tests.mirror.other import Other
from tests.mirror.two import Two
from tests.servers.installation import Installation
from tests.servers.processes import free_port, wait_until


def refused(two: Two, direction: str = "pull", **how: Any) -> str:
    with pytest.raises(CommandError) as raised:
        two.run(direction, **how)
    assert raised.value.returncode == 2
    return str(raised.value)


# --- Errors -----------------------------------------------------------------------------------------------------------
def test_a_wrong_token_is_told(two: Two, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("lgx_nonsense")
    assert "does not accept the token" in refused(two, token_file=str(file))


def test_a_missing_token_file_is_told(two: Two, tmp_path: Path) -> None:
    assert "cannot be read" in refused(two, token_file=str(tmp_path / "none"))


def test_a_token_without_the_scope_is_told(two: Two) -> None:
    token = two.other.token("reader", "read")
    assert "needs the scope “write”" in refused(two, "push", token_file=str(token))


def test_a_token_that_others_can_read_is_told(two: Two, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(two.other.token_file.read_text())
    file.chmod(0o644)
    assert "chmod 600" in two.run("pull", token_file=str(file)).said


def test_nobody_there_is_told_at_once(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two.other, "url", f"http://127.0.0.1:{free_port()}")
    assert "does not answer" in refused(two)


def test_another_program_there_is_told(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two.other, "url", f"{two.other.url}/somewhere")
    assert "Is the address right?" in refused(two)


@pytest.mark.parametrize("url", ["ftp://example.org", "example.org", "https://me:secret@example.org"])
def test_an_address_that_is_none_is_told(two: Two, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two.other, "url", url)
    assert "is no address of an installation" in refused(two)


def test_a_server_without_tls_is_not_asked_again() -> None:
    waits: list[float] = []
    with answering(b"HTTP/1.1 200 OK\r\n\r\n") as port, pytest.raises(Unreachable, match="SSL"):
        Remote(f"https://127.0.0.1:{port}", "x", waits.append).ask("GET", "/me")
    assert waits == []
    assert issubclass(ssl.SSLCertVerificationError, OSError)


def test_a_busy_server_is_asked_again_when_it_says() -> None:
    waits: list[float] = []
    busy = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
    fine = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    with answering(busy, fine) as port:
        remote = Remote(f"http://127.0.0.1:{port}", "x", waits.append)
        assert remote.ask("GET", "/me").status == 200
        remote.close()
    assert waits == [7.0]


def test_one_run_at_a_time(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(key: bytes) -> Any:
        raise AlreadyRunning

    for name in ("_in_database", "_in_folder"):
        monkeypatch.setattr(f"milestones.sync.alone.{name}", taken)
    assert "is at work" in refused(two)


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_the_lock_holds_off_another_process(
    other: Other, installation: Callable[..., Installation]
) -> None:
    words = ("sync", "pull", other.url, "--token-file", str(other.token_file))
    here = installation(VAR_DIR=str(settings.VAR_DIR))
    with alone(other.url):
        assert here.manage(*words, check=False).returncode == 2
    assert here.manage(*words, check=False).returncode == 0


# --- Killed -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("direction", ["pull", "push"])
def test_a_killed_run_goes_on(other: Other, installation: Callable[..., Installation], direction: str) -> None:
    two = Two(other)
    source, target = (two.there, two.here) if direction == "pull" else (two.here, two.there)
    source.plan(milestones=30)
    for number in range(1, 14, 2):
        source.move(f"M{number}", "submit", "verify")
    second = ("--verify-token-file", str(other.second_file)) if direction == "push" else ()
    words = ("sync", direction, other.url, "--token-file", str(other.token_file), *second)
    for there in (1, 20):
        process = installation().start(*words)
        wait_until(lambda: len(target.get("/milestones")) >= there, f"{there} milestones have come")  # noqa: B023
        installation().kill(process)
        assert len(target.get("/milestones")) >= there

    assert SyncLink.objects.get().was_cut_short
    done = installation().manage(*words, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    two.same()
    assert len(target.get("/milestones")) == 30


# --- Progress ---------------------------------------------------------------------------------------------------------
def test_a_terminal_sees_a_bar_and_a_log_sees_lines() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    summary = Summary(seen=12, entity="milestone")
    summary.count("created")
    for out, bar in ((Terminal(), True), (io.StringIO(), False)):
        with Progress(out) as progress:
            progress.tell(summary)
        assert "milestone 12  created 1" in out.getvalue()
        assert ("█" in out.getvalue()) is bar
        assert out.getvalue().endswith("\r\033[K" if bar else "\n")


class answering:  # noqa: N801 - reads as a context
    """A server that gives these answers one after another, whatever it is asked; its port."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = answers

    def __enter__(self) -> int:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return int(self.server.getsockname()[1])

    def _serve(self) -> None:
        line, _address = self.server.accept()
        with line:
            for answer in self.answers:
                line.recv(65536)
                line.sendall(answer)

    def __exit__(self, *error: object) -> None:
        self.thread.join(5)
        self.server.close()
