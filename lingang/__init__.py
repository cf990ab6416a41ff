"""How is the application wired together?"""

from __future__ import annotations

# Whoever imports a task must find our Celery app, not Celery's default one with its broker on localhost.
from lingang.celery import app as celery_app

__all__ = ["celery_app"]
