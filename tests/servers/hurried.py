"""Which settings has an installation whose beat asks every second? A test does not wait for a minute."""

from __future__ import annotations

from lingang.settings import *  # noqa: F403 - the same in all else
from lingang.settings import CELERY_BEAT_SCHEDULE as USUAL

CELERY_BEAT_SCHEDULE = {name: {**USUAL[name], "schedule": 1.0} for name in ("sweep", "deliver_mail")}
