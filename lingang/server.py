"""How does gunicorn serve it? `gunicorn --config python:lingang.server lingang.wsgi`"""

from __future__ import annotations

import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lingang.settings")

from django.conf import settings

# Without TLS only this machine is listened to. With it, the TLS proxy may be elsewhere: gunicorn believes
# X-Forwarded-Proto from this machine and from FORWARDED_ALLOW_IPS, anybody else is sent to https.
host = "0.0.0.0" if settings.PRODUCTION else "127.0.0.1"  # noqa: S104 - see above
bind = f"{host}:{settings.PORT}"
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True  # imported once, shared by both workers: half the start, half the memory
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn's heartbeat: a slow disk must not look like a dead worker
control_socket_disable = True  # it would lie in the home folder of whoever starts it
graceful_timeout = 15
# Gunicorn's own lines go through our logging, in our format; a request's line is django-structlog's, with its id.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}},
}


def when_ready(server: Any) -> None:
    """What was imported stays as long as the process: no collection of garbage looks through it again, nor copies it
    from the memory that both workers share."""
    gc.collect()
    gc.freeze()
