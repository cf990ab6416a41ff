"""Who is reminded of a milestone? Pure.

The accountable person; while nobody is (or that person has left) the lead's coordinator; else the office. Who stands
in for the accountable person or the coordinator gets a copy on those days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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


@dataclass(frozen=True, slots=True)
class Standing:
    """代理: `deputy` stands in for `person` on the days [first, last] of the plan. `since` is when that was said: no
    step of an earlier day is caught up."""

    person: Any
    deputy: Reader
    first: date
    last: date
    since: datetime

    def bounds(self) -> tuple[date, date]:
        """The days on which somebody more, and somebody less, is reminded."""
        return self.first, self.last + timedelta(days=1)


def deputies(
    standing: Iterable[Standing], reminded: Iterable[Recipient], day: date, zone: ZoneInfo
) -> Iterator[Recipient]:
    """Who stands in for one of `reminded` on `day`, each once, and nobody who is reminded anyway."""
    own = {recipient.reader.id for recipient in reminded}
    for one in standing:
        if one.first <= day <= one.last and one.deputy.is_active and one.deputy.id not in own:
            own.add(one.deputy.id)
            yield Recipient(one.deputy, since=max(one.since, datetime.combine(one.first, time(), zone)))
