"""Which numbered notices do the steps of a ladder issue, and in which letters do they leave?

One notice for all of whom a step speaks to about a milestone, when the first one's hour has come on a working day; each
gets the letter at their own hour. The rules are told in docs/algorithms/escalation.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, models, transaction
from django.db.models import Case, Value, When

from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import Conflict, DomainError, StateConflict
from milestones.mail.digest import digest
from milestones.models import MailKind, Notice, OutgoingMail, Reminder, ReminderState
from milestones.notices import letters, operations
from milestones.notices.letters import To
from milestones.notices.matters import matter_for
from milestones.notices.recipients import may_read
from milestones.planning.holding import hold
from milestones.planning.moving import reserve
from milestones.workdays.calendar import Calendar

from . import due_notices, storing
from .due_notices import Group, Row
from .items import items_of

log = structlog.get_logger(__name__)

SYSTEM = Actor.system()


class _Changed(StateConflict):
    """Another sweep was faster, or a row is no longer what it was when it was read."""


@dataclass
class _Bundle:
    """What leaves for one group: the notice to be issued (None: it is, and more people are told of it), the letters to
    whoever may read it, and the plain reminders to all others, by row."""

    draft: operations.Draft | None
    mails: Mapping[Any, OutgoingMail]
    extra: Sequence[OutgoingMail]  # those that no draft stores


def issue_notices(now: datetime, days: Calendar) -> int:
    """Issue what has come as at `now`; how many mails were queued. Safe to run any number of times side by side.

    Each notice is stored with its letters and the rows they carry, or not at all. One that cannot be issued steps aside
    with a line in the log, and is tried again by the next sweep.
    """
    return sum(_tried(group, now, days) for group in due_notices.groups(now, days))


def _tried(group: Group, now: datetime, days: Calendar) -> int:
    said = {"milestone": group.milestone.code, "step": group.version.step.code, "level": group.version.level}
    try:
        return _issue(group, now, days)
    except (Conflict, StateConflict) as error:
        log.info("notice_left_to_the_next_sweep", **said, reason=str(error))
    except (DomainError, DatabaseError) as error:
        log.warning("notice_not_issued", **said, reason=str(error))
    except Exception:  # a bad group must not hold up the others, nor the digests behind them
        log.exception("notice_failed", **said)
    return 0


def _issue(group: Group, now: datetime, days: Calendar) -> int:
    if group.waits(now) and not group.is_over:
        return 0
    reasons = {row: group.held_back(row, now) for row in group.rows}
    if held_back := {row.reminder: reason for row, reason in reasons.items() if reason}:
        _suppress(held_back, now)
    rows = [row for row, reason in reasons.items() if not reason]
    if not rows:
        return 0
    bundle = _bundle(group, rows, now, days)
    with record.writing(actor=SYSTEM, now=now):
        if bundle.draft is not None:
            operations.put_out(bundle.draft, actor=SYSTEM, now=now)
        else:
            _hold(group)
        OutgoingMail.objects.bulk_create(bundle.extra)
        _claim(bundle.mails, now)
    return len(bundle.mails)


def _bundle(group: Group, rows: Sequence[Row], now: datetime, days: Calendar) -> _Bundle:
    """Rendered outside any transaction."""
    absent = {row: group.absent(row, now) for row in rows}
    readers = [] if group.is_reminder else [row for row in rows if _reads(group, row, absent[row])]
    to = [_to(group, row, absent[row], now, days) for row in readers]
    plain = {row.reminder: _plain(group, row, now, days) for row in rows if row not in readers}
    if group.is_reminder:
        return _Bundle(None, plain, list(plain.values()))
    if group.own is None:
        draft = _draft(group, to, now)
        told, extra = draft.mails, list(plain.values())
    else:
        draft, told = None, letters.numbered(letters.issued(group.own, to, now=now), group.own)
        extra = [*told, *plain.values()]
    by_reader = {mail.recipient_id: mail for mail in told}
    return _Bundle(draft, {row.reminder: by_reader[row.recipient] for row in readers} | plain, extra)


def _reads(group: Group, row: Row, absent: Sequence[Any]) -> bool:
    return may_read(group.people[row.recipient], group.milestone, absent)


def _draft(group: Group, to: Sequence[To], now: datetime) -> operations.Draft:
    """When nobody of the step's audience may read it, whoever answers for the matter in the lead is told."""
    milestone, level = group.milestone, group.version.level
    return operations.draft(
        milestone,
        level=level,
        matter=matter_for(milestone, level, today=now.astimezone(milestone.plan.zone).date()),
        respond_days=group.version.respond_days,
        to=to or None,
        actor=SYSTEM,
        now=now,
    )


def _to(group: Group, row: Row, absent: Sequence[Any], now: datetime, days: Calendar) -> To:
    day, due_at = row.leaves(now, days)
    return To(group.people[row.recipient], day, due_at, absent[0].display_name if absent else "")


def _plain(group: Group, row: Row, now: datetime, days: Calendar) -> OutgoingMail:
    """For whom the step speaks to, but who does not read the milestone's inner matters (that it is late is no secret,
    the notice is), and while another notice of its level waits for its answer."""
    day, due_at = row.leaves(now, days)
    items = list(items_of(Reminder.objects.filter(pk=row.reminder)))
    mail = digest(MailKind.SINGLE, group.people[row.recipient], items, day, days, now=now)
    mail.due_at = due_at
    return mail


def _hold(group: Group) -> None:
    """More letters of a notice that is out: as long as it is, and the milestone is what it was."""
    hold(group.milestone.plan)
    reserve(group.milestone)
    if group.own is not None and not Notice.objects.open().filter(pk=group.own.pk).exists():
        raise _Changed


def _claim(mails: Mapping[Any, OutgoingMail], now: datetime) -> None:
    """Each row with the mail that carries it; _Changed when one of them is not to be had."""
    planned = Reminder.objects.planned().filter(pk__any_of=list(mails)).order_by("pk")
    locked = list(planned.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    if len(locked) != len(mails):
        raise _Changed
    carrier = Case(
        *(When(pk=row, then=Value(mail.pk, models.UUIDField())) for row, mail in mails.items()),
        output_field=models.UUIDField(),
    )
    Reminder.objects.filter(pk__any_of=locked).update(state=ReminderState.CLAIMED, mail=carrier, updated_at=now)


def _suppress(reasons: Mapping[Any, str], now: datetime) -> None:
    """In a transaction of its own: what is over is over, whether a notice is issued for the others or not."""
    with transaction.atomic():
        storing.lock(list(reasons))
        for reason in set(reasons.values()):
            rows = Reminder.objects.planned().filter(pk__any_of=[row for row, why in reasons.items() if why == reason])
            rows.update(state=ReminderState.SUPPRESSED, reason=reason, updated_at=now)
