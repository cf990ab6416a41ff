"""How do real processes work on this test's database: a worker, beat, a command?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tests.servers.processes import end, start, wait_until

ROOT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """The address of the test database as it is now: its name is another one in each test process."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(found['NAME']))}"
    secret = f":{quote(found['PASSWORD'], safe='')}" if found["PASSWORD"] else ""
    return f"postgresql://{quote(found['USER'], safe='')}{secret}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


class Installation:
    """Processes with the settings of an installation, on the database, broker and mail server of one test."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
            },
            "DJANGO_SETTINGS_MODULE": "lingang.settings",
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "VAR_DIR": str(folder / "var"),
            "EMAIL_URL": f"file:{folder / 'mail'}",
            **variables,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def worker(
        self, queues: str = "default,mail", concurrency: int = 1, pool: str = "prefork"
    ) -> subprocess.Popen[bytes]:
        """A Celery worker, returned when it takes messages."""
        name = f"worker{len(self.processes)}"
        options = [
            "--hostname",
            f"{name}@test",
            "--concurrency",
            str(concurrency),
            "--pool",
            pool,
            "--without-gossip",
            "--without-mingle",
        ]
        process = self._start(name, "-m", "celery", "-A", "lingang", "worker", "--queues", queues, *options)
        self.says(name, "ready.")
        return process

    def beat(self) -> subprocess.Popen[bytes]:
        name = f"beat{len(self.processes)}"
        file = str(self.folder / name)
        return self._start(name, "-m", "celery", "-A", "lingang", "beat", "--pidfile=", "--schedule", file)

    def manage(self, *words: str, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs `manage.py …` to its end."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Starts `manage.py …` and lets it run; its words are in `log(words[0])`."""
        return self._start(words[0], "manage.py", *words)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def says(self, name: str, words: str, seconds: float = 60) -> None:
        """Waits for these words in the log of a process that was started; gives up when it has ended without them."""
        process = self.processes[name]
        wait_until(lambda: words in self.log(name) or process.poll() is not None, f"{name} says {words!r}", seconds)
        assert words in self.log(name), f"{name} ended without {words!r}; it said:\n{self.log(name)}"

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As the kernel does when memory runs out: the whole group at once, no last words."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for process in self.processes.values():
            end(process)

    def _start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        process = start([sys.executable, *words], self.folder / f"{name}.log", self.environment, cwd=ROOT)
        self.processes[name] = process
        return process
