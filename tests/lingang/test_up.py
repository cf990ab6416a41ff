"""Do all processes of an installation start, stay and stop together?"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.utils import timezone

from tests.servers.installation import Installation
from tests.servers.processes import free_port, listens, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
READY = "Ctrl-C stops it."


class Up:
    """A running `manage.py up`."""

    def __init__(self, installation: Installation, port: int) -> None:
        self.installation = installation
        self.port = port
        self.process = installation.start("up")

    def ready(self, seconds: float = 60) -> Up:
        self.installation.says("up", READY, seconds)
        return self

    def processes(self) -> dict[int, str]:
        """Every living process of this installation, children and theirs: the folder is in its environment.

        Valkey writes its title over its environment, but works in the folder.
        """
        folder = self.installation.environment["VAR_DIR"]
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if f"VAR_DIR={folder}".encode() in (entry / "environ").read_bytes() or folder in str(
                    (entry / "cwd").readlink()
                ):
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:  # it ended while we looked
                continue
        return found

    def all(self, words: str) -> set[int]:
        return {pid for pid, command in self.processes().items() if words in command}

    def gone(self) -> bool:
        return not self.processes()


@pytest.fixture
def up(installation: Callable[..., Installation]) -> Iterator[Callable[..., Up]]:
    """Starts one, by default on the test's database with one person in it."""
    from milestones.models import Person

    now = timezone.now()
    Person.objects.create(email="office@example.org", created_at=now, updated_at=now)
    started: list[Up] = []

    def start(**variables: str) -> Up:
        port = free_port()
        started.append(Up(installation(PORT=str(port), **variables), port))
        return started[-1]

    yield start
    for one in started:
        for pid in one.processes():
            os.kill(pid, signal.SIGKILL)


def status(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        connection.request("GET", "/health/live")
        return connection.getresponse().status


def test_everything_starts_goes_on_whatever_dies_and_ctrl_c_leaves_no_process(up: Callable[..., Up]) -> None:
    running = up().ready()
    assert f"http://localhost:{running.port}\n" in running.installation.log("up")
    assert status(running.port) < 500
    running.installation.says("up", "milestones.tasks.sweep")
    it_is_for_its_owner_alone(Path(running.installation.environment["VAR_DIR"]))
    a_second_one_is_refused_by_name(running)
    for words in ("gunicorn", "valkey", "queues default,mail", "queues webhooks", "app lingang beat"):
        it_is_started_again(running, words)
    assert status(running.port) < 500
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 0
    assert running.gone()
    assert not listens(running.port)


def it_is_for_its_owner_alone(var: Path) -> None:
    assert var.stat().st_mode & 0o077 == 0
    assert (var / "broker").stat().st_mode & 0o077 == 0


def a_second_one_is_refused_by_name(running: Up) -> None:
    second = running.installation.manage("up", check=False, PORT=str(free_port()))
    assert second.returncode == 1
    assert f"process {running.process.pid}" in second.stderr


def it_is_started_again(running: Up, words: str) -> None:
    before = running.all(words)
    os.kill(min(before), signal.SIGKILL)
    wait_until(lambda: running.all(words) - before != set(), f"{words} runs again")
    wait_until(lambda: not running.all(words) & before, f"nothing is left of the old {words}")
    wait_until(lambda: listens(running.port), "the pages answer")


def test_a_killed_supervisor_leaves_no_orphans_and_the_next_one_starts(up: Callable[..., Up]) -> None:
    running = up().ready()
    running.process.kill()
    running.process.wait()
    again = Up(running.installation, running.port)
    wait_until(lambda: running.installation.log("up").count(READY) == 2, "the next one is ready", 60)
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(30) == 0
    wait_until(running.gone, "all processes have ended")


def test_a_taken_port_is_an_error_that_offers_another(installation: Callable[..., Installation]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = installation(PORT=str(port)).manage("up", check=False)
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert f"PORT={port + 1}" in done.stderr


def test_an_empty_database_gets_tables_and_the_demonstration(up: Callable[..., Up], tmp_path: Path) -> None:
    log = up(DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3").ready(120).installation.log("up")
    logins = [line.split() for line in log.splitlines() if line.startswith("login: ")]
    assert logins
    assert all(len(words) == 4 and "@" in words[2] for words in logins)


def test_it_refuses_data_of_a_newer_version(installation: Callable[..., Installation]) -> None:
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    recorder = MigrationRecorder(connection)
    recorder.record_applied("milestones", "9999_from_the_future")
    try:
        done = installation(PORT=str(free_port())).manage("up", check=False)
    finally:
        recorder.record_unapplied("milestones", "9999_from_the_future")
    assert done.returncode == 1
    assert "newer version" in done.stderr
