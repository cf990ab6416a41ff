"""Why did somebody get a mail about a milestone, or not? Every step of its ladder, with what became of it for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from milestones.models import Milestone, Person, Reminder, ReminderState, StepVersion, Suppression
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar

from . import loading, rules
from .decisions import Look, ended, is_muted
from .recipients import Hat, Recipient, with_deputies
from .rules import Step


class Fate(StrEnum):
    """What became of one occurrence of a step for one person."""

    LEDGER = "ledger"  # the row says it
    TO_COME = "to_come"
    NOT_ADDRESSED = "not_addressed"  # the step speaks to others
    TOO_EARLY = "too_early"  # its day lies before the one from which this deadline counts for this person
    NOT_IN_FORCE = "not_in_force"  # this version of the step did not count on that day
    NO_DAY = "no_day"  # the step has no day for this milestone
    OVER = "over"  # the milestone is not reminded any more
    NOT_LOOKED = "not_looked"  # its day has come and no sweep has been by


@dataclass(frozen=True, slots=True)
class Finding:
    """One occurrence; `day` None for NO_DAY. `would_be` is the reason for which it will be held back, or waits, as
    things are."""

    step: Step
    number: int
    day: date | None
    fate: Fate
    row: Reminder | None = None
    would_be: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """`hats` are the roles in which the person is reminded, none: not at all. `since` is the day from which this
    deadline counts for them, `deadline` its last working day, `over` why the milestone is not reminded any more."""

    milestone: Milestone
    person: Person
    hats: tuple[Hat, ...]
    unreachable: str
    reminded: tuple[str, ...]  # the names of those who are, when the person is not
    since: date | None
    deadline: date
    over: str
    findings: tuple[Finding, ...] = ()
    earlier: tuple[Reminder, ...] = field(default=())  # rows of earlier deadlines


def explain(milestone: Milestone, person: Person, *, now: datetime) -> Explanation:
    """As at `now`; a constant number of queries."""
    days = calendar()
    around = loading.surroundings()
    look = loading.looks(Milestone.objects.filter(pk=milestone.pk), around, now.date())[0]
    everybody = with_deputies(look.recipients, look.standing, now.astimezone(look.zone).date(), look.zone)
    me = next((recipient for recipient in everybody if recipient.reader.id == person.pk), None)
    rows = list(ledger(milestone, person))
    present = [row for row in rows if row.due_version == look.due_version]
    today = now.astimezone(look.zone).date()
    findings = _findings(look, me, present, days, today)
    return Explanation(
        milestone=milestone,
        person=person,
        hats=me.hats if me is not None else (),
        unreachable=me.unreachable if me is not None else "",
        reminded=() if me is not None else _names(everybody),
        since=_since(look, me) if me is not None else None,
        deadline=rules.working_deadline(look.deadline.due, days),
        over=ended(look.state, look.plan_is_active),
        findings=tuple(sorted(findings, key=_in_order)),
        earlier=tuple(row for row in rows if row.due_version != look.due_version),
    )


def ledger(milestone: Milestone, person: Person) -> Iterable[Reminder]:
    """Every row for these two, oldest first, with its mail."""
    found = Reminder.objects.filter(milestone=milestone, recipient=person)
    return found.select_related("step", "step_version", "mail__notice").order_by("day", "planned_at", "id")


def _findings(look: Look, me: Recipient | None, rows: list[Reminder], days: Calendar, today: date) -> Iterator[Finding]:
    known = {row.step_version_id for row in rows}
    versions = StepVersion.objects.select_related("step").filter(pk__in=known)
    steps = {version.pk: loading.step_of(version) for version in versions}
    told = set()
    for row in rows:
        told.add((row.step_id, row.occurrence))
        step = steps[row.step_version_id]
        waits = row.state == ReminderState.PLANNED and _waits(look, step, today)
        yield Finding(step, row.occurrence, row.day, Fate.LEDGER, row, str(Suppression.ANSWERED) if waits else "")
    for step in look.steps:
        yield from _without_row(look, me, step, told, days, today)


def _without_row(
    look: Look, me: Recipient | None, step: Step, told: set[Any], days: Calendar, today: date
) -> Iterator[Finding]:
    if step.effective_until is not None and step.effective_until <= today:
        return  # what an earlier version would have said is told by its rows
    found = list(rules.days_until(look.deadline, step, days, today))
    if not found:
        yield Finding(step, 0, None, Fate.NO_DAY)
    for number, day in found:
        if (step.step, number) not in told:
            yield Finding(step, number, day, _fate(look, me, step, day, today), would_be=_would_be(look, me, step, day))


def _fate(look: Look, me: Recipient | None, step: Step, day: date, today: date) -> Fate:
    if me is None or not me.hears(step):
        return Fate.NOT_ADDRESSED
    if ended(look.state, look.plan_is_active):
        return Fate.OVER
    if day < _since(look, me, step):
        return Fate.TOO_EARLY
    if not step.in_force(day):
        return Fate.NOT_IN_FORCE
    return Fate.TO_COME if day > today else Fate.NOT_LOOKED


def _would_be(look: Look, me: Recipient | None, step: Step, day: date) -> str:
    if me is None:
        return ""
    if me.unreachable:
        return me.unreachable
    if is_muted(me.reader, step):
        return str(Suppression.MUTED)
    return str(Suppression.ANSWERED) if _waits(look, step, day) else ""


def _waits(look: Look, step: Step, day: date) -> bool:
    return step.stops_when_answered and look.answered_until is not None and day <= look.answered_until


def _since(look: Look, me: Recipient, step: Step | None = None) -> date:
    """The first day on which a step counts for this person."""
    hats = [hat for hat in me.hats if step is None or Recipient(me.reader, (hat,)).hears(step)]
    bounds = [look.since if hat.since is None else max(look.since, hat.since) for hat in hats]
    return min(bounds, default=look.since).astimezone(look.zone).date()


def _names(everybody: Iterable[Recipient]) -> tuple[str, ...]:
    ids = [recipient.reader.id for recipient in everybody if not recipient.unreachable]
    people = Person.objects.in_bulk(ids)
    return tuple(people[pk].display_name for pk in ids if pk in people)


def _in_order(finding: Finding) -> tuple[Any, ...]:
    row = finding.row
    planned = row.planned_at.timestamp() if row is not None else 0.0
    return (finding.day is None, finding.day or date.max, finding.fate != Fate.LEDGER, planned, finding.step.code)


def is_waiting(row: Reminder) -> bool:
    return row.state in (ReminderState.PLANNED, ReminderState.CLAIMED)
