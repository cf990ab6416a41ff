"""How does somebody outside know that sweeps go on? They are called after each, and notice when they are not."""

from __future__ import annotations

from django.conf import settings

from . import calls


def tell() -> None:
    """After a completed sweep, outside any transaction. A call that fails harms no reminder."""
    if settings.HEARTBEAT_URL:
        calls.call(settings.HEARTBEAT_URL)
