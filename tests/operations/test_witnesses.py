"""When beat, the pool or every worker is gone for real, who tells, and do they tell it once?"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from milestones.models import Heartbeat, Incident
from milestones.upkeep import lease
from tests.operations.data import office
from tests.servers.installation import Installation
from tests.servers.processes import free_port, wait_until
from tests.servers.receiver import Receiver
from tests.servers.valkey import Valkey

pytestmark = pytest.mark.django_db(transaction=True)
Make = Callable[..., Installation]


class Outside:
    """Who is called after each sweep, and who is told when they end."""

    def __init__(self, pulse: Receiver, alarm: Receiver) -> None:
        self.pulse = pulse
        self.alarm = alarm
        self.before = 0  # what was told while everything started

    @property
    def variables(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "tests.servers.hurried",
            "HEARTBEAT_URL": self.pulse.url,
            "ALARM_WEBHOOK_URL": self.alarm.url,
            "SWEEP_LATE_AFTER": "4",
            "DELIVERY_LATE_AFTER": "4",
            "WATCH_EVERY": "1",
        }

    @property
    def told(self) -> list[str]:
        return [request.json["state"] for request in self.alarm.requests][self.before :]

    def wait_for(self, *states: str) -> None:
        """Nothing else was told in between: each incident once, and its end once."""
        wait_until(lambda: len(self.told) >= len(states), f"told {states}, so far {self.told}", 40)
        assert self.told == list(states)

    def wait_for_sweeps(self) -> None:
        """A machine that takes longer than the limit to start everything is told of, rightly: that is over then."""
        before = len(self.pulse.requests)
        wait_until(lambda: len(self.pulse.requests) > before + 1, "sweeps go on", 60)
        wait_until(settled, "what began at the start has ended")
        self.before = len(self.alarm.requests)


@pytest.fixture
def outside() -> Iterator[Outside]:
    with Receiver() as pulse, Receiver() as alarm:
        yield Outside(pulse, alarm)


def seen_by() -> str:
    connection.close()
    return Incident.objects.latest("id").seen_by


def settled() -> bool:
    """Nobody is about to mark what was just told."""
    connection.close()
    closed = not Incident.objects.filter(is_open=True).exists()
    return closed and not Heartbeat.objects.filter(name=lease.NAME).exclude(note="").exists()


def children(process: subprocess.Popen[bytes]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


@contextmanager
def stuck(*pids: int) -> Iterator[None]:
    """Not dead: as behind a disk that does not answer. They go on, however the test ends."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_a_worker_tells_of_a_dead_beat_and_of_its_own_stuck_pool(
    installation: Make, broker: Valkey, outside: Outside
) -> None:
    site = installation(REDIS_URL=broker.url, **outside.variables)
    beat = site.beat()
    site.worker()
    worker = site.worker()
    outside.wait_for_sweeps()
    assert outside.told == []

    site.kill(beat)
    outside.wait_for("alarm")
    assert seen_by().startswith("worker worker")
    site.beat()
    outside.wait_for("alarm", "resolved")

    wait_until(settled, "the row is closed")
    site.kill(site.processes["worker1"])
    with stuck(*children(worker)):
        outside.wait_for("alarm", "resolved", "alarm")
    outside.wait_for("alarm", "resolved", "alarm", "resolved")


@pytest.mark.one_database("how processes are started again")
def test_up_tells_when_every_worker_hangs(installation: Make, outside: Outside) -> None:
    office()
    site = installation(PORT=str(free_port()), **outside.variables)
    site.start("up")
    outside.wait_for_sweeps()
    with stuck(*processes_of(site, "lingang worker")):
        outside.wait_for("alarm")
        assert seen_by().startswith("up ")
    outside.wait_for("alarm", "resolved")


def test_two_watchdogs_at_once_tell_it_once(installation: Make, outside: Outside) -> None:
    site = installation(**outside.variables)
    assert at_once(site, 2) == [1, 1]
    outside.wait_for("alarm")
    assert Incident.objects.count() == 1
    assert at_once(site, 2, DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing") == [2, 2]
    outside.wait_for("alarm", "alarm")
    assert outside.alarm.requests[1].json["faults"] == ["database"]
    assert not Heartbeat.objects.filter(name="sweep").exists()


def at_once(site: Installation, count: int, **variables: str) -> list[int]:
    """The exit codes of so many watchdogs that are started together."""
    with ThreadPoolExecutor(count) as threads:
        runs = [threads.submit(site.manage, "watchdog", check=False, **variables) for _each in range(count)]
        return [run.result().returncode for run in runs]


def processes_of(site: Installation, words: str) -> list[int]:
    """Those of this installation whose command holds these words: its folder is in their environment."""
    folder = f"VAR_DIR={site.environment['VAR_DIR']}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if words in command and folder in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:  # it ended while we looked
            continue
    return found
