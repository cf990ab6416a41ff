"""How does one sweep turn due milestones into ledger rows? It loads, calls the rules, stores.

The sweep touches what a `NextLook` is due for, in chunks of its own transaction each; two sweeps at once share the work
(locked rows are skipped on PostgreSQL, SQLite has one writer) and the ledger's unique key lets no row in twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any

from django.db import transaction

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

from . import digests, loading, side_by_side, storing
from .decisions import Decisions, New, decide, next_look

CHUNK = 1000
CALENDAR = "calendar"


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


def sweep(
    now: datetime,
    *,
    plan: Plan | None = None,
    dry_run: bool = False,
    keep: bool = False,
    queued_some: Callable[[], None] | None = None,
) -> Report:
    """Plan what is due as at `now` (of `plan` only, if given) and queue the mails whose hour has come.

    `dry_run` does all of it and takes it back. `keep` collects the new rows in the report. `queued_some` is called
    whenever mails were queued and committed.
    """
    report = Report(keep)
    if dry_run:
        with transaction.atomic():
            _sweep(now, plan, report, None)
            transaction.set_rollback(True)
        return report
    _sweep(now, plan, report, queued_some)
    return report


def _sweep(now: datetime, plan: Plan | None, report: Report, queued_some: Callable[[], None] | None) -> None:
    days = calendar()
    _notice_new_calendar(days, now)
    one_sweep = _Sweep(now, plan, loading.surroundings(), days, report)
    if _chunk(one_sweep):
        side_by_side.run(lambda: _all_chunks(one_sweep))
    report.queued = digests.compose(now, days, queued_some)
    for one in [plan] if plan is not None else Plan.objects.active():
        beat(f"sweep:{one.code}", now, day=now.astimezone(one.zone).date())
    beat("sweep", now)


def _all_chunks(one: _Sweep) -> None:
    while _chunk(one):
        pass


def _chunk(one: _Sweep) -> bool:
    """Look at one chunk; whether there may be more."""
    with transaction.atomic():
        ids = _taken(one.now, one.plan)
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


def _taken(now: datetime, plan: Plan | None) -> list[Any]:
    """The milestones of the next chunk, this sweep's alone until its transaction ends."""
    due = NextLook.objects.due(now).order_by("at")
    if plan is not None:
        due = due.filter(milestone__plan=plan)
    return list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:CHUNK])


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
