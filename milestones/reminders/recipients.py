"""Who is reminded of a milestone? Pure.

The accountable person; while nobody is (or that person has left) the lead's coordinator; else the office.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Reader:
    """What of a person decides whether and when a reminder reaches them."""

    id: Any
    is_active: bool
    zone: ZoneInfo
    muted: bool


@dataclass(frozen=True, slots=True)
class Recipient:
    """`since` is when this person joined the office, for whom that bounds what is caught up; None: no such bound.
    `left` marks an accountable person who is no longer active: their rows say so, somebody else gets the mail."""

    reader: Reader
    since: datetime | None = None
    left: bool = False


def recipients(
    accountable: Reader | None, coordinator: Recipient | None, office: tuple[Recipient, ...]
) -> tuple[Recipient, ...]:
    if accountable is not None and accountable.is_active:
        return (Recipient(accountable),)
    instead = (coordinator,) if coordinator is not None and coordinator.reader.is_active else office
    if accountable is None:
        return instead
    return (Recipient(accountable, left=True), *(r for r in instead if r.reader.id != accountable.id))
