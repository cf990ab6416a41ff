"""The office's workbench: the stock admin whose forms run the verbs of the domain."""

from __future__ import annotations

from . import (
    changes,
    comments,
    day_overrides,
    delegations,
    dependencies,
    evidence,
    extensions,
    feeds,
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
    status_reports,
    targets,
    workstreams,
)
from .site import site

__all__ = [
    "changes",
    "comments",
    "day_overrides",
    "delegations",
    "dependencies",
    "evidence",
    "extensions",
    "feeds",
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
    "status_reports",
    "targets",
    "workstreams",
]
