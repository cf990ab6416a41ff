"""The worlds of the reminder tests, for longer."""

from __future__ import annotations

from tests.reminders.conftest import smtp_world, world

__all__ = ["smtp_world", "world"]
