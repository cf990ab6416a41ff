"""How does running work tell how far it is, and that it is still alive?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from milestones.models import Job, JobState

from .queue import LEASE, file_of

TOLD_EVERY = timedelta(seconds=1)


class Taken(Exception):
    """Another worker has this job now: this one was thought dead. It stops and writes nothing more."""


class Progress:
    """Given to the work. `step` is cheap: it writes once a second."""

    def __init__(self, job: Job, clock: Callable[[], datetime]) -> None:
        self.job, self.clock = job, clock
        self._told = clock()

    def of(self, total: int) -> None:
        """How many units there are in all."""
        self.job.total = total
        self._write(total=total)

    def step(self, units: int = 1) -> None:
        """So many more units are done. Raises Taken."""
        self.job.done += units
        now = self.clock()
        if now - self._told >= TOLD_EVERY:
            self._told = now
            self._write(done=self.job.done, lease_until=now + LEASE)

    def file(self) -> Path:
        """Where the work writes the file that people fetch, when it makes one."""
        return file_of(self.job)

    def finish(self, result: Mapping[str, Any], file_name: str = "") -> None:
        """Raises Taken."""
        self._write(
            state=JobState.DONE, done=self.job.done, result=dict(result), file_name=file_name, finished_at=self.clock()
        )

    def fail(self, message: str, result: Mapping[str, Any] | None = None) -> None:
        """It ended, and will not be tried again; `message` says what the person should do."""
        with suppress(FileNotFoundError):
            self.file().unlink()
        self._write(state=JobState.FAILED, message=message, result=dict(result or {}), finished_at=self.clock())

    def _write(self, **values: Any) -> None:
        mine = Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempts=self.job.attempts)
        if not mine.update(**values):
            raise Taken
        for name, value in values.items():
            setattr(self.job, name, value)
