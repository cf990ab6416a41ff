"""Which kinds of long work are there, and what does each of them?"""

from __future__ import annotations

from milestones.jobs.running import Work

KINDS: dict[str, Work] = {}
