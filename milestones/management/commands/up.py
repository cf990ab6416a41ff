"""How does the whole installation start and stop? Broker, web, worker and beat, together."""

from __future__ import annotations

import json
import socket
import stat
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from milestones.management.supervisor import AlreadyRunning, Child, Supervisor, Watch, commands, data, hold
from milestones.upkeep import witness

SECONDS_FOR_THE_BROKER = 10.0


class Command(BaseCommand):
    help = "Starts web, worker, beat and, without REDIS_URL, the embedded broker; stops them all on Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            lock = hold(settings.VAR_DIR / "up.lock")
        except AlreadyRunning as error:
            raise CommandError(str(error)) from None
        refuse_taken(settings.PORT)
        try:
            self.prepare()
        except KeyboardInterrupt:
            raise CommandError("Stopped while preparing the data; the next start goes on with it.") from None
        self.serve(lock)

    def prepare(self) -> None:
        data.bring_up_to_date(settings.VAR_DIR / "backups", timezone.localtime(), self.say)
        data.fill_if_empty(demo=settings.DEMO, say=self.say)
        connections.close_all()

    def serve(self, lock: int) -> None:
        supervisor = Supervisor(self.say, Watch(look, settings.WATCH_EVERY, time.monotonic() + settings.WATCH_EVERY))
        brokers = [self.broker(lock)] if settings.BROKER_EMBEDDED else []
        others = [commands.web(lock), commands.worker(lock), commands.webhook_worker(lock)]
        others += [commands.job_worker(lock), commands.beat(lock)]
        try:
            supervisor.start(*brokers)
            if brokers:
                wait_for_socket(settings.BROKER_SOCKET, brokers[0])
            supervisor.start(*others)
            supervisor.run(self.when_answering)
            self.say("Stopping")
        finally:
            supervisor.stop(others, brokers)
        self.say("Stopped")

    def broker(self, lock: int) -> Child:
        settings.BROKER_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        private_folder(settings.BROKER_SOCKET.parent)
        return commands.broker(settings.BROKER_DIR, settings.BROKER_SOCKET, lock)

    def when_answering(self) -> bool:
        """False until the pages answer; then says where they are, and lets the first sweep run."""
        if not answers(settings.PORT):
            return False
        for line in self.welcome():
            self.stdout.write(line)
        self.stdout.flush()
        if not first_sweep():
            self.say("The broker does not answer; beat starts the first sweep within a minute of its coming back")
        return True

    def welcome(self) -> list[str]:
        logins = settings.VAR_DIR / "demo-logins.json"
        accounts = json.loads(logins.read_text(encoding="utf-8")) if settings.DEMO and logins.exists() else []
        return [
            settings.BASE_URL,
            *(f"login: {account['role']} {account['email']} {account['password']}" for account in accounts),
            "Ctrl-C stops it.",
        ]

    def say(self, text: str) -> None:
        self.stdout.write(f"up: {text}")
        self.stdout.flush()


def look() -> None:
    """As a witness that outlives every worker."""
    started = apps.get_app_config("milestones").started_at  # type: ignore[attr-defined]
    witness.look_at_all(now=timezone.now(), started=started, by=f"up {socket.gethostname()}")


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(
                f"Port {port} is taken by another program. Choose another one: make up PORT={port + 1}"
            ) from None


def private_folder(folder: Path) -> None:
    """Makes it for us alone; refuses one that somebody else could have put there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.stat(follow_symlinks=False)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != settings.VAR_DIR.stat().st_uid:
        raise CommandError(f"{folder} belongs to somebody else. Remove it.")
    folder.chmod(0o700)


def wait_for_socket(file: Path, broker: Child) -> None:
    give_up = time.monotonic() + SECONDS_FOR_THE_BROKER
    while time.monotonic() < give_up:
        if broker.ended() is not None:
            raise CommandError(f"The embedded broker did not start; {settings.BROKER_DIR}/valkey.log says why.")
        with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
            probe.connect(str(file))
            return
        time.sleep(0.02)
    raise CommandError(f"The embedded broker does not answer at {file}.")


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def first_sweep() -> bool:
    """At once, before beat first says so; it has its mails delivered itself, and every health is of today. False
    without a broker."""
    from celery import signature
    from kombu.exceptions import OperationalError

    try:
        for task in ("milestones.tasks.sweep", "milestones.tasks.assess_health"):
            signature(task).apply_async()
    except OperationalError:
        return False
    return True
