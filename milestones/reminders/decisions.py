"""Given a milestone, its ladder and its ledger: which rows are new, which held back, and when to look next? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from milestones.models import REMINDED_STATES, Channel, ReminderState, State, Suppression
from milestones.workdays.calendar import Calendar

from . import rules
from .recipients import OWNER, Reader, Recipient, Standing, channels, heard, with_deputies
from .rules import Deadline, Occurrence, Step

MAIL, WEBHOOK = str(Channel.MAIL), str(Channel.WEBHOOK)


class Look(NamedTuple):
    """A milestone as the sweep sees it. `answered_until`: the last day on which the answer to a notice stands."""

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
    has_webhook: bool = False
    answered_until: date | None = None

    def reminded(self, now: datetime) -> tuple[Recipient, ...]:
        """The recipients, and who stands in for them today."""
        if not self.standing:
            return self.recipients
        return with_deputies(self.recipients, self.standing, _day(now, self.zone), self.zone)

    @property
    def is_reminded(self) -> bool:
        return self.plan_is_active and self.state in REMINDED_STATES


class Row(NamedTuple):
    """A row of the ledger, as far as decisions need it."""

    id: Any
    step: Any
    number: int
    recipient: Any
    due_version: int
    state: str
    day: date
    channel: str = MAIL


class New(NamedTuple):
    """A row to add: planned, or suppressed with its reason."""

    look: Look
    recipient: Any
    occurrence: Occurrence
    reason: str = ""
    channel: str = MAIL


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
    _drop(look, planned, {r.reader.id: r for r in reminded}, into)
    for recipient in reminded:
        for channel in _channels(look, recipient, reminded):
            mine = [
                row
                for row in rows
                if row.channel == channel
                and (row.recipient == recipient.reader.id or channel == WEBHOOK)  # in whoever's name: it is told once
                and row.due_version == look.due_version
            ]
            _decide_for(look, recipient, channel, mine, calendar, now, into)


def next_look(look: Look, calendar: Calendar, now: datetime) -> datetime | None:
    """When the day of the next step begins for the first of those concerned, or somebody begins or ends to stand in;
    None when there is no such day."""
    if not look.is_reminded:
        return None
    starts = [_next_start(look.deadline, look.steps, calendar, zone, now) for zone in _zones(look)]
    starts += [start for start in _bounds(look) if start > now]
    return min((start for start in starts if start is not None), default=None)


def is_muted(reader: Reader, step: Step) -> bool:
    """Whether this person does not want this step: all that comes before the deadline, or single steps; never a notice
    or the deadline itself."""
    if step.is_notice or step.anchor == "on_due":
        return False
    return step.code in reader.muted_steps or (reader.muted and is_mutable(step.anchor))


def is_mutable(anchor: str) -> bool:
    """What a muted digest leaves out: all that comes before the deadline; never the deadline and what follows it."""
    return anchor in ("before_due", "pace_check")


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


def _drop(look: Look, planned: Iterable[Row], reminded: dict[Any, Recipient], into: Decisions) -> None:
    """Planned rows of another deadline, or of somebody who is not to be reminded any more."""
    for row in planned:
        recipient = reminded.get(row.recipient)
        if row.due_version != look.due_version:
            into.suppressed.append((row.id, Suppression.DATE_MOVED))
        elif row.channel == WEBHOOK:
            continue  # about the milestone, not to the person in whose name it stands
        elif recipient is None:
            into.suppressed.append((row.id, Suppression.HANDED_OVER))
        elif recipient.unreachable:
            into.suppressed.append((row.id, recipient.unreachable))


def _channels(look: Look, recipient: Recipient, reminded: Sequence[Recipient]) -> Sequence[str]:
    """Mail to everybody; over the lead's webhook once, in the name of the first who is reminded as the owner."""
    if not look.has_webhook or WEBHOOK not in channels(look.steps):
        return (MAIL,)
    owners = (r for r in reminded if not r.unreachable and any(hat.role == OWNER for hat in r.hats))
    return (MAIL, WEBHOOK) if recipient is next(owners, None) else (MAIL,)


def _decide_for(
    look: Look,
    recipient: Recipient,
    channel: str,
    rows: Sequence[Row],
    calendar: Calendar,
    now: datetime,
    into: Decisions,
) -> None:
    today = max(_day(now, look.zone), _day(now, recipient.reader.zone))
    found = _found(look, recipient, channel, calendar, today)
    known = {(row.step, row.number) for row in rows}
    winners = _Winners([o for o in found if channel != MAIL or not is_muted(recipient.reader, o.step)])
    for occurrence in _once(found):
        if occurrence.key not in known:
            reason = _held_back(look, occurrence, winners, recipient, channel)
            into.new.append(New(look, recipient.reader.id, occurrence, reason, channel))
    for row in rows:
        if row.state == ReminderState.PLANNED and not recipient.unreachable:
            _review(look, row, winners, recipient, calendar, into)


def _found(look: Look, recipient: Recipient, channel: str, calendar: Calendar, today: date) -> Sequence[Occurrence]:
    """What fell due for this person until today, the one to send last."""
    groups = heard(recipient.hats, look.steps, channel)
    if len(groups) == 1:
        since, steps = groups[0]
        return rules.occurrences(look.deadline, steps, calendar, _first_day(look, since), today)
    parts = (
        rules.occurrences(look.deadline, steps, calendar, _first_day(look, since), today) for since, steps in groups
    )
    return sorted((occurrence for part in parts for occurrence in part), key=lambda o: o.rank)


class _Winners:
    """What is sent of all that is wanted: the last, and the last escalation, for which no later reminder stands."""

    def __init__(self, found: Sequence[Occurrence]) -> None:
        self.any = found[-1] if found else None
        self.escalation = next((o for o in reversed(found) if o.step.is_escalation), None)

    def beats(self, key: tuple[Any, int], day: date, step: Step | None) -> bool:
        winner = self.escalation if step is not None and step.is_escalation else self.any
        return winner is not None and winner.key != key and winner.day >= day


def _review(look: Look, row: Row, winners: _Winners, recipient: Recipient, calendar: Calendar, into: Decisions) -> None:
    """What has become of a planned row: superseded, no longer called for, muted, answered, or on another day."""
    step = _present(look, row, recipient)
    day = rules.day_of(look.deadline, step, row.number, calendar) if step is not None else None
    if winners.beats((row.step, row.number), row.day, step):
        into.suppressed.append((row.id, Suppression.SUPERSEDED))
    elif step is None or day is None:
        into.suppressed.append((row.id, _not_called_for(step)))
    elif row.channel == MAIL and is_muted(recipient.reader, step):
        into.suppressed.append((row.id, Suppression.MUTED))
    elif _is_answered(look, step, day, row.channel):
        into.suppressed.append((row.id, Suppression.ANSWERED))
    elif day != row.day:
        into.moved.append((row.id, day))


def _present(look: Look, row: Row, recipient: Recipient) -> Step | None:
    """What the step of a row says now, or said last; None when it does not speak to this person any more."""
    steps = [step for step in look.steps if step.step == row.step and recipient.hears(step)]
    return next((step for step in steps if step.effective_until is None), steps[-1] if steps else None)


def _not_called_for(step: Step | None) -> str:
    match step.anchor if step is not None else "":
        case "pace_check":
            return str(Suppression.FORECAST_GIVEN)
        case "behind_pace":
            return str(Suppression.CAUGHT_UP)
    return str(Suppression.POLICY_CHANGED)


def _held_back(look: Look, occurrence: Occurrence, winners: _Winners, recipient: Recipient, channel: str) -> str:
    if recipient.unreachable:
        return recipient.unreachable
    step = occurrence.step
    if channel == MAIL and is_muted(recipient.reader, step):
        return str(Suppression.MUTED)
    if winners.beats(occurrence.key, occurrence.day, step):
        return str(Suppression.SUPERSEDED)
    return str(Suppression.ANSWERED) if _is_answered(look, step, occurrence.day, channel) else ""


def _is_answered(look: Look, step: Step, day: date, channel: str) -> bool:
    """A notice is not held back for good: it waits until the day that the answer promised has passed."""
    if step.is_notice and channel == MAIL:
        return False
    return step.stops_when_answered and look.answered_until is not None and day <= look.answered_until


def _first_day(look: Look, since: datetime | None) -> date:
    return _day(look.since if since is None else max(look.since, since), look.zone)


def _once(found: Iterable[Occurrence]) -> list[Occurrence]:
    """Each occurrence once: when two versions of a step both had it, the later day stands."""
    return list({occurrence.key: occurrence for occurrence in found}.values())


def _zones(look: Look) -> set[ZoneInfo]:
    readers = (*(recipient.reader for recipient in look.recipients), *(one.deputy for one in look.standing))
    return {look.zone, *(reader.zone for reader in readers)}
