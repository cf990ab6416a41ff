"""Given a milestone, its ladder and its ledger: which rows are new, which held back, and when to look next? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from milestones.models import REMINDED_STATES, ReminderState, State, Suppression
from milestones.workdays.calendar import Calendar

from . import rules
from .recipients import Recipient, Standing, deputies
from .rules import Deadline, Occurrence, Step


@dataclass(frozen=True, slots=True)
class Look:
    """A milestone as the sweep sees it."""

    id: Any
    code: str
    state: str
    plan_is_active: bool
    zone: ZoneInfo
    deadline: Deadline
    due_version: int
    since: datetime
    steps: tuple[Step, ...]
    recipients: tuple[Recipient, ...]
    standing: tuple[Standing, ...] = ()  # for one of the recipients, now or to come

    def reminded(self, now: datetime) -> tuple[Recipient, ...]:
        """The recipients, and who stands in for them today."""
        if not self.standing:
            return self.recipients
        return (*self.recipients, *deputies(self.standing, self.recipients, _day(now, self.zone), self.zone))

    @property
    def is_reminded(self) -> bool:
        return self.plan_is_active and self.state in REMINDED_STATES


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger, as far as decisions need it."""

    id: Any
    step: Any
    number: int
    recipient: Any
    due_version: int
    state: str
    day: date


@dataclass(frozen=True, slots=True)
class New:
    """A row to add: planned, or suppressed with its reason."""

    look: Look
    recipient: Any
    occurrence: Occurrence
    reason: str = ""


@dataclass(slots=True)
class Decisions:
    new: list[New] = field(default_factory=list)
    suppressed: list[tuple[Any, str]] = field(default_factory=list)
    moved: list[tuple[Any, date]] = field(default_factory=list)


# A state in which nothing more is sent, and the word the ledger has for it.
ENDED = {
    State.COMPLETED: Suppression.COMPLETED,
    State.SUBMITTED: Suppression.SUBMITTED,
    State.CANCELLED: Suppression.CANCELLED,
}


def ended(state: str, plan_is_active: bool) -> str:
    """Why nothing is sent about a milestone in this state any more; empty when it is reminded."""
    if not plan_is_active:
        return str(Suppression.PLAN_CLOSED)
    return str(ENDED.get(State(state), ""))


def decide(look: Look, rows: Sequence[Row], calendar: Calendar, now: datetime, into: Decisions) -> None:
    """Add to `into` what the ledger of one milestone needs as at `now`."""
    planned = [row for row in rows if row.state == ReminderState.PLANNED]
    if reason := ended(look.state, look.plan_is_active):
        into.suppressed += [(row.id, reason) for row in planned]
        return
    reminded = look.reminded(now)
    current = {r.reader.id for r in reminded if not r.left}
    for row in planned:
        if row.due_version != look.due_version:
            into.suppressed.append((row.id, Suppression.DATE_MOVED))
        elif row.recipient not in current:
            into.suppressed.append((row.id, Suppression.HANDED_OVER))
    for recipient in reminded:
        mine = [r for r in rows if r.recipient == recipient.reader.id and r.due_version == look.due_version]
        _decide_for(look, recipient, mine, calendar, now, into)


def next_look(look: Look, calendar: Calendar, now: datetime) -> datetime | None:
    """When the day of the next step begins for the first of those concerned, or somebody begins or ends to stand in;
    None when there is no such day."""
    if not look.is_reminded:
        return None
    starts = [_next_start(look.deadline, look.steps, calendar, zone, now) for zone in _zones(look)]
    starts += [start for start in _bounds(look) if start > now]
    return min((start for start in starts if start is not None), default=None)


def _bounds(look: Look) -> list[datetime]:
    return [datetime.combine(day, time(), look.zone) for one in look.standing for day in one.bounds()]


# Of the milestones of one sweep many share a deadline, all but a few a zone: each answer is worked out once.
@lru_cache(maxsize=10_000)
def _next_start(
    deadline: Deadline, steps: tuple[Step, ...], calendar: Calendar, zone: ZoneInfo, now: datetime
) -> datetime | None:
    day = rules.next_day(deadline, steps, calendar, _day(now, zone))
    return None if day is None else datetime.combine(day, time(), zone)


@lru_cache(maxsize=1_000)
def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _decide_for(
    look: Look, recipient: Recipient, rows: Sequence[Row], calendar: Calendar, now: datetime, into: Decisions
) -> None:
    today = max(_day(now, look.zone), _day(now, recipient.reader.zone))
    found = rules.occurrences(look.deadline, look.steps, calendar, _first_day(look, recipient), today)
    known = {(row.step, row.number) for row in rows}
    winner = found[-1] if found else None
    for occurrence in _once(found):
        if occurrence.key not in known:
            reason = _held_back(occurrence, winner, recipient)
            into.new.append(New(look, recipient.reader.id, occurrence, reason))
    for row in rows:
        if row.state == ReminderState.PLANNED and not recipient.left:
            _review(look, row, winner, recipient, calendar, into)


def _review(
    look: Look, row: Row, winner: Occurrence | None, recipient: Recipient, calendar: Calendar, into: Decisions
) -> None:
    """What has become of a planned row: superseded, no longer called for, muted, or on another day."""
    steps = [step for step in look.steps if step.step == row.step and step.effective_until is None] or [
        step for step in look.steps if step.step == row.step
    ]
    day = rules.day_of(look.deadline, steps[-1], row.number, calendar) if steps else None
    if winner is not None and winner.key != (row.step, row.number) and winner.day >= row.day:
        into.suppressed.append((row.id, Suppression.SUPERSEDED))
    elif day is None:
        fuzzy_no_more = bool(steps) and not steps[-1].on_ladder
        reason = Suppression.FORECAST_GIVEN if fuzzy_no_more else Suppression.POLICY_CHANGED
        into.suppressed.append((row.id, reason))
    elif recipient.reader.muted and is_mutable(steps[-1].anchor):
        into.suppressed.append((row.id, Suppression.MUTED))
    elif day != row.day:
        into.moved.append((row.id, day))


def _held_back(occurrence: Occurrence, winner: Occurrence | None, recipient: Recipient) -> str:
    if recipient.left:
        return str(Suppression.PERSON_INACTIVE)
    if winner is not None and occurrence.key != winner.key:
        return str(Suppression.SUPERSEDED)
    if recipient.reader.muted and is_mutable(occurrence.step.anchor):
        return str(Suppression.MUTED)
    return ""


def is_mutable(anchor: str) -> bool:
    """What a muted digest leaves out: all that comes before the deadline; never the deadline and what follows it."""
    return anchor in ("before_due", "pace_check")


def _first_day(look: Look, recipient: Recipient) -> date:
    since = look.since if recipient.since is None else max(look.since, recipient.since)
    return _day(since, look.zone)


def _once(found: Iterable[Occurrence]) -> list[Occurrence]:
    """Each occurrence once: when two versions of a step both had it, the later day stands."""
    return list({occurrence.key: occurrence for occurrence in found}.values())


def _zones(look: Look) -> set[ZoneInfo]:
    readers = (*(recipient.reader for recipient in look.recipients), *(one.deputy for one in look.standing))
    return {look.zone, *(reader.zone for reader in readers)}
