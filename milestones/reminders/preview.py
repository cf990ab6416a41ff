"""What will be sent in the days to come, if nothing changes? The sweep's own decisions, played forward in memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from milestones.models import (
    REMINDED_STATES,
    Channel,
    DigestFrequency,
    MailKind,
    Milestone,
    Notice,
    OutgoingMail,
    Person,
    Plan,
    ReminderPolicy,
    ReminderState,
)
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar

from . import loading
from .decisions import Decisions, Look, Row, decide, next_look
from .rules import Step


@dataclass(frozen=True, slots=True)
class Coming:
    """One reminder to come, leaving on `day`. `level` is that of its notice, empty for a reminder."""

    day: date
    recipient: Person
    milestone: Milestone
    step: str
    occurrence: int
    channel: str = Channel.MAIL
    level: str = ""
    alone: bool = False  # in a mail of its own


def preview(
    *, first: date, last: date, now: datetime, plan: Plan | None = None, person: Person | None = None
) -> list[Coming]:
    """What leaves on the days [first, last], by day, recipient and milestone; a draft `plan` as if activated now.

    A `first` that has passed is played as if nothing had been sent since then but what the ledger has.
    """
    open_ones = Milestone.objects.filter(state__in=REMINDED_STATES).order_by("pk")
    open_ones = open_ones.filter(plan=plan) if plan is not None else open_ones.in_active_plans()
    start = min(now, datetime.combine(first, time(), now.tzinfo))
    looks = loading.looks(open_ones, loading.surroundings(), start.date())
    if plan is not None and plan.is_draft:
        looks = [look._replace(plan_is_active=True, since=now) for look in looks]
    future = _Future(calendar(), start, last)
    future.load(looks)
    sent = [one for look in looks for one in future.of(look)]
    return _resolved([one for one in sent if one.day >= first and (person is None or one.recipient == person.pk)])


def of_milestone(
    milestone: Milestone, policy: ReminderPolicy, *, first: date, last: date, now: datetime
) -> list[Coming]:
    """What leaves for this milestone on the days [first, last] if it followed `policy` from now on, whichever it
    follows; of a draft plan as if activated now. What the ledger has of the policy's steps is sent no second time."""
    around = _Following(**vars(loading.surroundings()) | {"default": policy.pk})
    rows = Milestone.objects.filter(pk=milestone.pk, state__in=REMINDED_STATES)
    looks = loading.looks(rows, around, now.date())
    if milestone.plan.is_draft:
        looks = [look._replace(plan_is_active=True, since=now) for look in looks]
    future = _Future(calendar(), now, last)
    future.load(looks)
    return _resolved([one for look in looks for one in future.of(look) if first <= one.day])


class _Following(loading.Surroundings):
    """All follow the default policy, whichever they name."""

    def ladder(self, *policies: Any) -> tuple[Step, ...]:
        return self.ladders.get(self.default, ())


def mails(coming: Iterable[Coming]) -> int:
    """How many mails carry them: one digest a person and day, and those that leave alone."""
    found = [one for one in coming if one.channel == Channel.MAIL]
    alone = sum(1 for one in found if one.level or one.alone)
    return alone + len({(one.day, one.recipient.pk) for one in found if not one.level and not one.alone})


@dataclass(slots=True)
class _Sent:
    day: date
    recipient: Any
    milestone: Any
    step: Step
    number: int
    channel: str
    level: str
    alone: bool


@dataclass(slots=True)
class _Planned:
    """A row in memory: when it leaves, if nothing comes between."""

    row: Row
    step: Step
    day: date
    leaves: datetime


@dataclass
class _Future:
    """The days from `start` to `last`, milestone by milestone: of one milestone nothing hangs on another."""

    days: Calendar
    start: datetime
    last: date
    rows: dict[Any, list[Row]] = field(default_factory=dict)
    people: dict[Any, Person] = field(default_factory=dict)
    left: set[tuple[Any, date]] = field(default_factory=set)  # digests that are on their way already
    notices: dict[tuple[Any, str], Any] = field(default_factory=dict)  # open: (milestone, level) → what opened it

    def load(self, looks: list[Look]) -> None:
        self.rows = loading.ledger([look.id for look in looks]) if looks else {}
        readers = {r.reader.id for look in looks for r in look.recipients}
        readers |= {one.deputy.id for look in looks for one in look.standing}
        readers |= {row.recipient for some in self.rows.values() for row in some if row.state == ReminderState.PLANNED}
        self.people = Person.objects.in_bulk(readers)
        digests = OutgoingMail.objects.filter(kind=MailKind.DIGEST, day__gte=self.start.date() - timedelta(days=1))
        self.left = {(person, day) for person, day in digests.values_list("recipient_id", "day") if day is not None}
        opened = Notice.objects.open().order_by().values_list("milestone_id", "level", "pk")
        self.notices = {(milestone, level): pk for milestone, level, pk in opened}

    def of(self, look: Look) -> Iterator[_Sent]:
        """Every look that a sweep would take, in order."""
        rows, waiting = list(self.rows.get(look.id, ())), list(self._waiting(look))
        moment: datetime | None = self.start
        end = datetime.combine(self.last + timedelta(days=1), time(), look.zone) + timedelta(hours=14)
        while moment is not None and moment < end:
            yield from self._leave(look, rows, waiting, until=moment)
            self._plan(look, rows, waiting, moment)
            moment = next_look(look, self.days, moment)
        yield from self._leave(look, rows, waiting, until=end)

    def _waiting(self, look: Look) -> Iterator[_Planned]:
        steps = {step.step: step for step in look.steps}
        for row in self.rows.get(look.id, ()):
            if row.state == ReminderState.PLANNED and row.step in steps:
                yield self._planned(look, row, steps[row.step], self.start)

    def _plan(self, look: Look, rows: list[Row], waiting: list[_Planned], moment: datetime) -> None:
        decisions = Decisions()
        decide(look, rows, self.days, moment, decisions)
        dropped, moved = {pk for pk, _reason in decisions.suppressed}, dict(decisions.moved)
        rows[:] = [row._replace(state="suppressed") if row.id in dropped else row for row in rows]
        waiting[:] = [
            self._planned(look, one.row._replace(day=moved.get(one.row.id, one.row.day)), one.step, moment)
            for one in waiting
            if one.row.id not in dropped
        ]
        for new in decisions.new:
            step, number = new.occurrence.step, new.occurrence.number
            state = "suppressed" if new.reason else "planned"
            key = (new.recipient, step.step, number, new.channel)
            row = Row(key, step.step, number, new.recipient, look.due_version, state, new.occurrence.day, new.channel)
            rows.append(row)
            if not new.reason:
                waiting.append(self._planned(look, row, step, moment))

    def _leave(self, look: Look, rows: list[Row], waiting: list[_Planned], *, until: datetime) -> Iterator[_Sent]:
        """What leaves before `until`."""
        gone = sorted((one for one in waiting if one.leaves < until), key=lambda one: one.leaves)
        waiting[:] = [one for one in waiting if one.leaves >= until]
        for one in gone:
            rows[:] = [row._replace(state="sent") if row.id == one.row.id else row for row in rows]
            if one.day <= self.last:
                level, row = self._level(look, one), one.row
                alone = bool(one.step.level) or self._is_at_once(row.recipient) or not one.step.digestible
                yield _Sent(one.day, row.recipient, look.id, one.step, row.number, row.channel, level, alone)

    def _level(self, look: Look, one: _Planned) -> str:
        """That of the notice it leaves with; none while another of its level waits for its answer."""
        if not one.step.is_notice:
            return ""
        opened_by = self.notices.setdefault((look.id, one.step.level), (one.step.step, one.row.number))
        return one.step.level if opened_by == (one.step.step, one.row.number) else ""

    def _planned(self, look: Look, row: Row, step: Step, moment: datetime) -> _Planned:
        """At the reader's hour of its day; what was planned later that day waits for the next working morning, but for
        what leaves at once: the deadline, notices, and everything for whom wants it so. A notice waits while an answer
        stands."""
        person = self.people[row.recipient]
        local = moment.astimezone(person.zone)
        first = max(row.day, local.date())
        if step.is_notice and step.stops_when_answered and look.answered_until is not None:
            first = max(first, look.answered_until + timedelta(days=1))
        day = self.days.on_or_after(first)
        at = datetime.combine(day, time(person.send_hour), person.zone)
        if day == local.date() and at < local:
            at_once = step.is_notice or self._is_at_once(row.recipient) or not step.digestible
            if at_once or (row.recipient, day) not in self.left or (step.anchor == "on_due" and row.day == day):
                at = local
            else:
                day = self.days.next_workday(day)
                at = datetime.combine(day, time(person.send_hour), person.zone)
        return _Planned(row, step, day, at)

    def _is_at_once(self, person: Any) -> bool:
        return self.people[person].digest_frequency == DigestFrequency.IMMEDIATE


def _resolved(found: list[_Sent]) -> list[Coming]:
    people = Person.objects.in_bulk({one.recipient for one in found})
    milestones = Milestone.objects.select_related("plan").in_bulk({one.milestone for one in found})
    coming = (
        Coming(
            one.day,
            people[one.recipient],
            milestones[one.milestone],
            one.step.code,
            one.number,
            one.channel,
            one.level,
            one.alone,
        )
        for one in found
    )
    return sorted(coming, key=lambda c: (c.day, c.recipient.display_name, c.milestone.due_on, c.milestone.code))


def by_day(coming: Iterable[Coming]) -> Iterator[tuple[date, Person, list[Coming]]]:
    """Day by day and person by person."""
    for (day, _name), group in itertools.groupby(coming, key=lambda c: (c.day, c.recipient.pk)):
        some = list(group)
        yield day, some[0].recipient, some


def days_from(now: datetime, plan: Plan, count: int) -> tuple[date, date]:
    """Today and the last of `count` days, of the plan."""
    today = now.astimezone(plan.zone).date()
    return today, today + timedelta(days=count - 1)


def end_of(day: date, plan: Plan) -> datetime:
    """23:59 of that day of the plan: the moment an as-of sweep stands for."""
    return datetime.combine(day, time(23, 59), plan.zone)
