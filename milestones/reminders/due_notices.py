"""Which steps with a level have come, for whom, and what holds some of their reminders back?

The reminders of one step about one milestone are a group: they go out with one notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from milestones.models import (
    Channel,
    Milestone,
    Notice,
    NoticeState,
    Person,
    Reminder,
    StepVersion,
    Suppression,
)
from milestones.workdays.calendar import Calendar

from . import loading
from .decisions import Look, ended
from .rules import Step

CHUNK = 100  # groups whose surroundings are read together
COLUMNS = (
    "id",
    "milestone_id",
    "step_id",
    "due_version",
    "occurrence",
    "step_version_id",
    "recipient_id",
    "day",
    "milestone__plan__time_zone",
    "recipient__time_zone",
    "recipient__send_hour",
)


class Key(NamedTuple):
    """What one notice is issued for, ever."""

    milestone: Any
    step: Any
    due_version: int
    occurrence: int


@dataclass(frozen=True, slots=True)
class Row:
    """A planned reminder; in the order of COLUMNS."""

    reminder: Any
    milestone: Any
    step: Any
    due_version: int
    occurrence: int
    version: Any
    recipient: Any
    day: date
    plan_zone: str
    zone: str
    hour: int

    @property
    def key(self) -> Key:
        return Key(self.milestone, self.step, self.due_version, self.occurrence)

    def leaves(self, now: datetime, days: Calendar) -> tuple[date, datetime]:
        """The reader's day and the moment at which a letter issued now leaves: their hour of a working day, not before
        the step's; now, when that hour has passed."""
        zone = ZoneInfo(self.zone)
        day = days.on_or_after(max(self.day, now.astimezone(zone).date()))
        return day, max(now, datetime.combine(day, time(self.hour), zone))

    def has_come(self, now: datetime, days: Calendar) -> bool:
        """Whether its reader's hour has come, on a working day of the plan that is not before the step's."""
        today = now.astimezone(ZoneInfo(self.plan_zone)).date()
        return self.day <= today and days.is_workday(today) and self.leaves(now, days)[1] <= now


@dataclass(frozen=True)
class Group:
    """Reminders that go out with one notice. `own` is that notice, when some of it went out before; `opened` says that
    another of its level is open. `milestone` was read before `look` was."""

    key: Key
    rows: Sequence[Row]
    milestone: Milestone
    look: Look
    version: StepVersion
    step: Step
    people: Mapping[Any, Person]
    own: Notice | None
    opened: bool

    def waits(self, now: datetime) -> bool:
        """An answer promised a day that has not passed. If it does without result, this notice is issued."""
        until = self.look.answered_until
        if self.own is not None or not self.step.stops_when_answered or until is None:
            return False
        return now.astimezone(self.look.zone).date() <= until

    @property
    def is_over(self) -> bool:
        return bool(ended(self.look.state, self.look.plan_is_active))

    @property
    def is_reminder(self) -> bool:
        """Another notice of this level waits for its answer: who is meant is reminded, a second one is not issued."""
        return self.own is None and self.opened

    def absent(self, row: Row, now: datetime) -> list[Person]:
        """For whom the reader stands in, unless they are told in their own right."""
        reminded = {one.reader.id: one for one in self.look.reminded(now)}
        if any(not hat.deputising for hat in reminded[row.recipient].hats if hat.role in self.step.audience):
            return []
        today = now.astimezone(self.milestone.plan.zone).date()
        away = [s for s in self.look.standing if s.deputy.id == row.recipient and s.first <= today <= s.last]
        return [self.people[one.person] for one in away if one.person in reminded]

    def held_back(self, row: Row, now: datetime) -> str:
        """Why nothing is to be sent for this row, in the ledger's words; empty when it goes out."""
        recipient = next((one for one in self.look.reminded(now) if one.reader.id == row.recipient), None)
        if reason := ended(self.look.state, self.look.plan_is_active):
            return reason
        if row.due_version != self.look.due_version:
            return str(Suppression.DATE_MOVED)
        if recipient is None or not recipient.hears(self.step):
            return str(Suppression.HANDED_OVER)
        return recipient.unreachable or self._not_called_for(now)

    def _not_called_for(self, now: datetime) -> str:
        if self.step.anchor == "behind_pace" and self.look.deadline.behind_since is None:
            return str(Suppression.CAUGHT_UP)
        if self.own is None or self.own.is_open:
            return ""
        return str(Suppression.ANSWERED if self.own.state == NoticeState.REPLIED else Suppression.CANCELLED)


def groups(now: datetime, days: Calendar) -> Iterator[Group]:
    """Those of which the first reader's hour has come, in an order that is the same for every sweep."""
    found: dict[Key, list[Row]] = defaultdict(list)
    for row in _planned(now):
        found[row.key].append(row)
    due = [rows for rows in found.values() if any(row.has_come(now, days) for row in rows)]
    for start in range(0, len(due), CHUNK):
        yield from _loaded(due[start : start + CHUNK], now)


def _planned(now: datetime) -> Iterator[Row]:
    """What has no lead that could answer goes into the digests as a line."""
    rows = Reminder.objects.planned().filter(channel=Channel.MAIL, day__lte=(now + timedelta(hours=14)).date())
    rows = rows.filter(milestone__lead__is_active=True).exclude(step_version__level="")
    for values in rows.order_by("milestone_id", "step_id", "id").values_list(*COLUMNS):
        yield Row(*values)


def _loaded(some: Iterable[Sequence[Row]], now: datetime) -> Iterator[Group]:
    """A constant number of queries. The milestones first: whoever changes one afterwards is found out by its version
    when the notice is issued, and whatever is read later is not older than that."""
    grouped = {rows[0].key: rows for rows in some}
    ids = list({key.milestone for key in grouped})
    around = ("plan", "lead__head", "lead__coordinator", "accountable")
    milestones = Milestone.objects.select_related(*around).prefetch_related("parties").filter(pk__any_of=ids)
    stored = {milestone.pk: milestone for milestone in milestones}
    looks = loading.looks(Milestone.objects.filter(pk__any_of=ids), loading.surroundings(), now.date())
    by_id = {look.id: look for look in looks}
    versions = _versions(row.version for rows in grouped.values() for row in rows)
    opened, own = _open(ids), _own(ids)
    people = _people(grouped.values(), looks)
    for key, rows in grouped.items():
        version = max((versions[row.version] for row in rows), key=lambda one: one.number)
        yield Group(
            key=key,
            rows=rows,
            milestone=stored[key.milestone],
            look=by_id[key.milestone],
            version=version,
            step=loading.step_of(version),
            people=people,
            own=own.get(key),
            opened=(key.milestone, version.level) in opened,
        )


def _versions(ids: Iterable[Any]) -> Mapping[Any, StepVersion]:
    return StepVersion.objects.select_related("step").in_bulk(set(ids))


def _open(milestones: Sequence[Any]) -> set[tuple[Any, str]]:
    rows = Notice.objects.open().filter(milestone__id__any_of=milestones).order_by()
    return set(rows.values_list("milestone_id", "level"))


def _own(milestones: Sequence[Any]) -> dict[Key, Notice]:
    """The notices of which some letters carry reminders already, by what they were issued for."""
    carried = Reminder.objects.filter(milestone__id__any_of=milestones, mail__notice__isnull=False).order_by()
    columns = ("mail__notice", "milestone_id", "step_id", "due_version", "occurrence")
    rows = {(notice, Key(*key)) for notice, *key in carried.values_list(*columns).distinct()}
    notices = Notice.objects.select_related("organisation").in_bulk({notice for notice, _key in rows})
    return {key: notices[notice] for notice, key in rows}


def _people(grouped: Iterable[Sequence[Row]], looks: Iterable[Look]) -> Mapping[Any, Person]:
    """The readers, and for whom some of them stand in."""
    ids = {row.recipient for rows in grouped for row in rows}
    ids |= {one.person for look in looks for one in look.standing if one.deputy.id in ids}
    rows = Person.objects.select_related("organisation").prefetch_related("grants").filter(pk__any_of=list(ids))
    return {person.pk: person for person in rows}
