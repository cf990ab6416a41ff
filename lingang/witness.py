"""Does every worker notice when reminders stop leaving? A thread of its main process looks once a minute.

It needs neither beat nor the broker nor the pool: those are what it looks after.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery import bootsteps

log = logging.getLogger(__name__)


class Witness(bootsteps.StartStopStep):
    """Starts after the pool's processes were forked; a worker without a pool is looked after all the same."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self.over = threading.Event()

    def start(self, worker: Any) -> None:
        self.over.clear()
        threading.Thread(target=self.watch, args=(f"worker {worker.hostname}",), name="witness", daemon=True).start()

    def stop(self, worker: Any) -> None:
        self.over.set()

    def watch(self, name: str) -> None:
        from django.conf import settings

        while not self.over.wait(settings.WATCH_EVERY):
            try:
                look(name)
            except Exception:  # whatever it stumbles over, it must look again in a minute
                log.exception("the witness could not look")


def look(name: str) -> None:
    from django.apps import apps
    from django.db import Error, connections
    from django.utils import timezone

    from milestones.upkeep import witness

    try:
        started = apps.get_app_config("milestones").started_at  # type: ignore[attr-defined]
        witness.look(now=timezone.now(), started=started, by=name)
    except Error as error:  # the supervisor and the watchdog tell of it: they need no row for that
        log.warning("the witness cannot look: %s", type(error).__name__)
    finally:
        connections.close_all()  # a process of the pool that is forked anew inherits none
