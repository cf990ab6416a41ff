"""A second installation: a real server with a database of its own, asked over HTTP as everybody asks it."""

from __future__ import annotations

import os
import secrets
import sqlite3
import subprocess
import sys
from pathlib import Path

from milestones.sync.sides import Remote
from tests.servers import migrated
from tests.servers.installation import ROOT
from tests.servers.processes import end, free_port, listens, start, wait_until

# Three clients at once: a process for each would take its time.
TOKENS = """
from django.utils import timezone
from milestones.actors import Actor
from milestones.clients import operations
for name in ("here", "second", "office"):
    values = {"name": name, "scopes": ["write", "people:read"]}
    print(operations.create(values, actor=Actor.system(), now=timezone.now()).token)
"""


class Other:
    """`office` is a client there that may do everything; `token_file` and `second_file` hold tokens of two others."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TEST_"))},
            "DJANGO_SETTINGS_MODULE": "lingang.settings",
            "DATABASE_URL": f"sqlite:///{folder / 'there.sqlite3'}",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VAR_DIR": str(folder / "var"),
            "EMAIL_URL": f"file:{folder / 'mail'}",
            "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
            "PORT": str(self.port),
            "BASE_URL": self.url,
            "API_RATE": "1000000/min",
        }
        (folder / "var").mkdir(mode=0o700)
        if not migrated.copy_to(folder / "there.sqlite3"):
            self.manage("migrate", "--verbosity=0")
        names = ("here", "second", "office")
        for name, token in zip(names, self.manage("shell", "-v0", "-c", TOKENS).split()[-3:], strict=True):
            self._keep(name, token)
        self.token_file, self.second_file = (folder / f"{name}.token" for name in names[:2])
        self.office, self.second = self.side(folder / "office.token"), self.side(self.second_file)
        self._empty = folder / "empty.sqlite3"
        self._copy(folder / "there.sqlite3", self._empty)
        self.start()

    def start(self) -> None:
        words = ["-m", "gunicorn", "--config", "python:lingang.server", "--workers", "1", "lingang.wsgi"]
        self.process = start([sys.executable, *words], self.folder / "web.log", self.environment, cwd=ROOT)
        wait_until(lambda: listens(self.port), "the second installation listens")

    def stop(self) -> None:
        self.office.close()
        self.second.close()
        end(self.process)

    def empty(self) -> None:
        """As after the installation: nothing but its clients."""
        self._copy(self._empty, self.folder / "there.sqlite3")

    def token(self, name: str, scopes: str, *more: str) -> Path:
        return self._keep(name, self.manage("createtoken", name, "--scopes", scopes, *more).splitlines()[-1])

    def _keep(self, name: str, token: str) -> Path:
        file = self.folder / f"{name}.token"
        file.write_text(token)
        file.chmod(0o600)
        return file

    def side(self, token_file: Path) -> Remote:
        return Remote(self.url, token_file.read_text().strip())

    def manage(self, *words: str, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def _copy(self, source: Path, target: Path) -> None:
        """With SQLite's own locks, so it may be open elsewhere."""
        with sqlite3.connect(source) as one, sqlite3.connect(target, timeout=20) as two:
            one.backup(two)
        one.close()
        two.close()
