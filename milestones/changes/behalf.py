"""Did the office file this for those who answer for it (代填)? Read from the entry alone: roles may change later."""

from __future__ import annotations

from milestones.models import ChangeEntry, Role

# What owners and coordinators say about their own milestones.
FILED = frozenset({"milestone.submit", "evidence.attach", "report.submit", "milestone.report", "extension.request"})


def on_behalf(entry: ChangeEntry) -> bool:
    roles = entry.actor_label.rpartition(" ")[2].split("/")
    return entry.verb in FILED and Role.OFFICE in roles and Role.OWNER not in roles
