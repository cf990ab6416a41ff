"""Which Celery app do the worker, beat and the web processes share?"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from lingang.witness import Witness

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lingang.settings")

app = Celery("lingang")
app.config_from_object("django.conf:settings", namespace="CELERY")  # read when first needed: imports stay quick
app.autodiscover_tasks()
app.steps["worker"].add(Witness)


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Django has set up logging already; a receiver of this signal keeps Celery from doing it again."""


@app.on_configure.connect
def carry_request_ids(**kwargs: Any) -> None:
    """Log lines of a task carry its id, and the id of the request that sent it."""
    from django_structlog.celery.receivers import CeleryReceiver

    receiver = CeleryReceiver()
    receiver.connect_worker_signals()
    app.log_receiver = receiver  # signals hold it weakly: somebody must keep it
