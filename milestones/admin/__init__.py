"""The office's workbench: the stock admin whose forms run the verbs of the domain."""

from __future__ import annotations

from . import (
    changes,
    comments,
    day_overrides,
    evidence,
    milestones,
    notices,
    organisations,
    outbox,
    people,
    plans,
    policies,
    refusals,
    reminders,
    seals,
    targets,
    workstreams,
)
from .site import site

__all__ = [
    "changes",
    "comments",
    "day_overrides",
    "evidence",
    "milestones",
    "notices",
    "organisations",
    "outbox",
    "people",
    "plans",
    "policies",
    "refusals",
    "reminders",
    "seals",
    "site",
    "targets",
    "workstreams",
]
