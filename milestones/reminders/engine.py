"""How does one sweep turn due milestones into ledger rows? It loads, calls the rules, stores.

The sweep touches what a `NextLook` is due for, in chunks of its own transaction each; any number of processes share the
work (locked rows are skipped on PostgreSQL, SQLite has one writer) and the ledger's unique key lets no row in twice.
Whoever finds nothing left that is due as at this sweep goes on to notices and mails: a digest holds all of its day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction

from milestones.changes.heartbeat import beat
from milestones.models import (
    Heartbeat,
    Milestone,
    NextLook,
    Plan,
    Reminder,
    ReminderState,
)
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar

from . import collector, digests, escalation, loading, posts, side_by_side, storing
from .decisions import Decisions, New, decide, next_look

CHUNK = 1000
MOST_HELPERS = 64
ASIDE = timedelta(hours=1)  # until what could not be looked at is tried again
CALENDAR = "calendar"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Crew:
    """Whom a sweep may call on: `look` asks for so many to look at chunks as at the sweep's moment, `compose` has the
    digests of some people composed elsewhere, `deliver` says that mails were queued and committed."""

    look: Callable[[datetime, int], None]
    compose: Callable[[datetime, list[Any]], None]
    deliver: Callable[[], None]


@dataclass(slots=True)
class Report:
    """What a sweep did: milestones looked at, rows planned, rows held back by reason, mails queued; the new rows
    themselves only when `keep` asks for them."""

    keep: bool = False
    looked: int = 0
    planned: int = 0
    suppressed: Counter[str] = field(default_factory=Counter)
    queued: int = 0
    new: list[New] = field(default_factory=list)
    _one_at_a_time: Lock = field(default_factory=Lock)

    def add(self, looked: int, decisions: Decisions) -> None:
        held_back = [new.reason for new in decisions.new if new.reason]
        with self._one_at_a_time:
            self.looked += looked
            self.planned += len(decisions.new) - len(held_back)
            self.suppressed.update(held_back)
            self.suppressed.update(reason for _pk, reason in decisions.suppressed)
            if self.keep:
                self.new += decisions.new


@dataclass(frozen=True, slots=True)
class _Sweep:
    """What all chunks of one sweep share."""

    now: datetime
    plan: Plan | None
    around: loading.Surroundings
    days: Calendar
    report: Report


@collector.waiting()
def sweep(
    now: datetime,
    *,
    plan: Plan | None = None,
    dry_run: bool = False,
    keep: bool = False,
    queued_some: Callable[[], None] | None = None,
    crew: Crew | None = None,
) -> Report:
    """Plan what is due as at `now` (of `plan` only, if given) and queue the mails whose hour has come.

    `dry_run` does all of it and takes it back. `keep` collects the new rows in the report. `queued_some` is called
    whenever mails were queued and committed; a `crew` is called on when there is more than one chunk.
    """
    report = Report(keep)
    if dry_run:
        with transaction.atomic():
            _sweep(now, plan, report, None, None)
            transaction.set_rollback(True)
        return report
    _sweep(now, plan, report, queued_some or (crew.deliver if crew else None), crew)
    return report


@collector.waiting()
def help_out(now: datetime, crew: Crew | None = None) -> Report:
    """Take chunks of the sweep of `now` until none is left; whoever takes the last one goes on with its mails."""
    one = _Sweep(now, None, loading.surroundings(), calendar(), Report())
    side_by_side.run(lambda: _all_chunks(one))
    _queue_mails(one, crew.deliver if crew else None, crew)
    return one.report


def _sweep(
    now: datetime, plan: Plan | None, report: Report, queued_some: Callable[[], None] | None, crew: Crew | None
) -> None:
    days = calendar()
    _notice_new_calendar(days, now)
    one = _Sweep(now, plan, loading.surroundings(), days, report)
    if _chunk(one):
        _call(crew, one)
        side_by_side.run(lambda: _all_chunks(one))
    _queue_mails(one, queued_some, crew)
    for swept in [plan] if plan is not None else Plan.objects.active():
        beat(f"sweep:{swept.code}", now, day=now.astimezone(swept.zone).date())
    if plan is None:  # one plan is no sweep, and as at another day only one is swept: neither says that all is well
        beat("sweep", now)


def _call(crew: Crew | None, one: _Sweep) -> None:
    """One helper a further chunk: whoever comes too late finds nothing and goes. SQLite's one writer needs none."""
    if crew is None or connection.vendor != "postgresql":
        return
    more = _due(one)[: MOST_HELPERS * CHUNK].count()
    if more > CHUNK:
        crew.look(one.now, (more - 1) // CHUNK)


def _queue_mails(one: _Sweep, queued_some: Callable[[], None] | None, crew: Crew | None) -> None:
    """Unless somebody is still looking at a chunk of this sweep: then they will."""
    if _due(one).exists():
        return
    letters = escalation.issue_notices(one.now, one.days)
    if letters and queued_some is not None:
        queued_some()
    one.report.queued = letters + digests.compose(one.now, one.days, queued_some, crew.compose if crew else None)
    one.report.queued += posts.compose(one.now, one.days)


def _all_chunks(one: _Sweep) -> None:
    while _chunk(one):
        pass


def _chunk(one: _Sweep) -> bool:
    """Look at one chunk; whether there may be more. When one of it cannot be looked at, it alone steps aside."""
    try:
        return _look_at(one)
    except DatabaseError:
        raise
    except Exception:
        log.exception("chunk_failed")
    for milestone in list(_due(one).order_by("at")[:CHUNK]):
        try:
            _look_at(one, milestone)
        except DatabaseError:
            raise
        except Exception:
            log.exception("milestone_steps_aside", milestone=str(milestone))
            NextLook.objects.filter(pk=milestone).update(at=one.now + ASIDE)
    return True


def _look_at(one: _Sweep, only: Any = None) -> bool:
    with transaction.atomic():
        due = _due(one) if only is None else _due(one).filter(pk=only)
        ids = list(due.order_by("at").select_for_update(skip_locked=True, of=("self",))[:CHUNK])
        found = loading.looks(Milestone.objects.filter(pk__any_of=ids), one.around, one.now.date()) if ids else []
        rows = loading.ledger(ids) if ids else {}
        decisions = Decisions()
        wake: dict[datetime | None, list[Any]] = defaultdict(list)
        for look in found:
            decide(look, rows.get(look.id, ()), one.days, one.now, decisions)
            wake[next_look(look, one.days, one.now)].append(look.id)
        _store(decisions, one.now)
        for moment, sleepers in wake.items():
            _sleep(sleepers, moment)
    one.report.add(len(found), decisions)
    return len(found) == CHUNK


def _due(one: _Sweep) -> Any:
    """The ids of what this sweep has to look at; those that another process looks at are still among them."""
    due = NextLook.objects.due(one.now).order_by()
    if one.plan is not None:
        due = due.filter(milestone__plan=one.plan)
    return due.values_list("pk", flat=True)


def _sleep(milestones: list[Any], until: datetime | None) -> None:
    looks = NextLook.objects.filter(milestone__id__any_of=milestones)
    if until is None:
        looks.delete()
    else:
        looks.update(at=until)


def _store(decisions: Decisions, now: datetime) -> None:
    storing.insert(decisions.new, now)
    storing.lock([pk for pk, _reason in decisions.suppressed] + [pk for pk, _day in decisions.moved])
    by_reason: dict[str, list[Any]] = defaultdict(list)
    for pk, reason in decisions.suppressed:
        by_reason[reason].append(pk)
    for reason, pks in by_reason.items():
        Reminder.objects.planned().filter(pk__any_of=pks).update(
            state=ReminderState.SUPPRESSED, reason=reason, updated_at=now
        )
    for pk, day in decisions.moved:
        Reminder.objects.planned().filter(pk=pk).update(day=day, updated_at=now)


def _notice_new_calendar(days: Calendar, now: datetime) -> None:
    """When a working day of last year to the year after next changed, every open milestone is looked at again."""
    print_ = days.fingerprint(range(now.year - 1, now.year + 3))
    known = Heartbeat.objects.filter(name=CALENDAR).values_list("note", flat=True).first()
    if known == print_:
        return
    if known is not None:
        NextLook.objects.wake(Milestone.objects.open().in_active_plans(), now)
    beat(CALENDAR, now, note=print_)


def last_swept_day(plan: Plan) -> date | None:
    """The latest day of the plan on which a sweep was recorded."""
    return Heartbeat.objects.filter(name=f"sweep:{plan.code}").values_list("day", flat=True).first()
