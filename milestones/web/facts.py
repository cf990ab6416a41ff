"""What is plainly true of a milestone today? (The rules stand in planning.)"""

from __future__ import annotations

from milestones.planning.facts import ORDER, SOON_WORKING_DAYS, Fact, Window

__all__ = ["ORDER", "SOON_WORKING_DAYS", "Fact", "Window"]
