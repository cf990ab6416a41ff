"""How does one sweep turn due milestones into ledger rows? It loads, calls the rules, stores.

The sweep touches what has `look_at <= now`, in chunks of its own transaction each; two sweeps at once share the work
(locked rows are skipped on PostgreSQL, SQLite has one writer) and the ledger's unique key lets no row in twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from milestones.changes.heartbeat import beat
from milestones.models import (
    Heartbeat,
    Milestone,
    Plan,
    Reminder,
    ReminderState,
)
from milestones.models.milestones import MilestoneQuerySet
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar

from . import digests, loading, storing
from .decisions import Decisions, New, decide, next_look

CHUNK = 1000
CALENDAR = "calendar"


@dataclass(slots=True)
class Report:
    """What a sweep did: rows planned, rows held back by reason, mails queued. `lines` only when asked for."""

    looked: int = 0
    planned: int = 0
    suppressed: Counter[str] = field(default_factory=Counter)
    queued: int = 0
    new: list[New] = field(default_factory=list)


def sweep(now: datetime, *, plan: Plan | None = None, dry_run: bool = False, keep: bool = False) -> Report:
    """Plan what is due as at `now` (of `plan` only, if given) and queue the mails whose hour has come.

    `dry_run` does all of it and takes it back. `keep` collects the new rows in the report.
    """
    report = Report()
    if dry_run:
        with transaction.atomic():
            _sweep(now, plan, report, keep)
            transaction.set_rollback(True)
        return report
    _sweep(now, plan, report, keep)
    return report


def _sweep(now: datetime, plan: Plan | None, report: Report, keep: bool) -> None:
    days = calendar()
    _notice_new_calendar(days, now)
    around = loading.surroundings()
    while _chunk(now, plan, around, days, report, keep):
        pass
    report.queued = digests.compose(now, days)
    for one in [plan] if plan is not None else Plan.objects.active():
        beat(f"sweep:{one.code}", now, day=now.astimezone(one.zone).date())
    beat("sweep", now)


def _chunk(
    now: datetime, plan: Plan | None, around: loading.Surroundings, days: Calendar, report: Report, keep: bool
) -> bool:
    """Look at one chunk; whether there may be more."""
    with transaction.atomic():
        found = loading.looks(_due(now, plan)[:CHUNK], around)
        rows = loading.ledger([look.id for look in found]) if found else {}
        decisions = Decisions()
        wake: dict[datetime | None, list[Any]] = defaultdict(list)
        for look in found:
            decide(look, rows.get(look.id, ()), days, now, decisions)
            wake[next_look(look, days, now)].append(look.id)
        _store(decisions, now, report)
        for moment, sleepers in wake.items():
            Milestone.objects.filter(pk__any_of=sleepers).update(look_at=moment)
    report.looked += len(found)
    if keep:
        report.new += decisions.new
    return len(found) == CHUNK


def _due(now: datetime, plan: Plan | None) -> MilestoneQuerySet:
    due = Milestone.objects.to_look_at(now).order_by("look_at")
    if plan is not None:
        due = due.filter(plan=plan)
    return due.select_for_update(skip_locked=True, of=("self",))


def _store(decisions: Decisions, now: datetime, report: Report) -> None:
    storing.insert(decisions.new, now)
    by_reason: dict[str, list[Any]] = defaultdict(list)
    for pk, reason in decisions.suppressed:
        by_reason[reason].append(pk)
    for reason, pks in by_reason.items():
        Reminder.objects.planned().filter(pk__any_of=pks).update(
            state=ReminderState.SUPPRESSED, reason=reason, updated_at=now
        )
        report.suppressed[reason] += len(pks)
    for pk, day in decisions.moved:
        Reminder.objects.planned().filter(pk=pk).update(day=day, updated_at=now)
    for new in decisions.new:
        report.planned += not new.reason
        report.suppressed[new.reason] += bool(new.reason)


def _notice_new_calendar(days: Calendar, now: datetime) -> None:
    """When a working day of last year to the year after next changed, every open milestone is looked at again."""
    print_ = days.fingerprint(range(now.year - 1, now.year + 3))
    known = Heartbeat.objects.filter(name=CALENDAR).values_list("note", flat=True).first()
    if known == print_:
        return
    if known is not None:
        Milestone.objects.open().in_active_plans().update(look_at=now)
    beat(CALENDAR, now, note=print_)


def last_swept_day(plan: Plan) -> date | None:
    """The latest day of the plan on which a sweep was recorded."""
    return Heartbeat.objects.filter(name=f"sweep:{plan.code}").values_list("day", flat=True).first()
