"""What does a link do, once? Its verb, the reminders that this answers, and its own use: all of it, or nothing.

The use is written last: of two who press at once the second finds it, and what it did is rolled back. Mails and what
belongs to them stand lowest in the order of locks, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.files import File

from milestones import links
from milestones.changes import record
from milestones.errors import Conflict, StateConflict
from milestones.evidence import operations as evidence
from milestones.extensions import operations as extensions
from milestones.links import Link
from milestones.models import Extension, Milestone, Notice, ReminderState, StatusReport
from milestones.notices import operations as notices
from milestones.people import operations as people
from milestones.status_reports import operations as reports
from milestones.workdays.periods import FuzzyDate

from .opening import actor, brought, person


def sign(link: Link, notice: Notice, *, now: datetime, reply: str = "", version: int | None = None) -> None:
    """签收; with a `reply` it is answered at once."""
    how: Any = {"actor": actor(link, now), "now": now, "version": version}
    with _once(link, now):
        if reply.strip():
            notices.reply(notice, reply, **how)
        else:
            notices.sign(notice, **how)


def receive(link: Link, milestone: Milestone, *, now: datetime) -> None:
    """The reminders that this mail brought of `milestone` are known: sent → acknowledged."""
    with _once(link, now):
        _acknowledge(link, milestone, now)


def report(
    link: Link,
    milestone: Milestone,
    values: Mapping[str, Any],
    *,
    photos: Iterable[File] = (),
    now: datetime,
    draft: int | None = None,
) -> StatusReport:
    """Written and submitted, with `photos` as evidence; `draft` is the version of the draft it ends (0: none)."""
    who: Any = {"actor": actor(link, now), "now": now}
    pieces = [evidence.received(milestone, file=one, file_name=one.name or "", **who) for one in photos]
    with _once(link, now):
        for piece in pieces:
            evidence.keep(piece, **who)
        filed = reports.file(milestone, values, actor=actor(link, now), now=now, draft=draft)
        _acknowledge(link, milestone, now)
    return filed


def ask_for_time(
    link: Link, milestone: Milestone, *, due: FuzzyDate, reason: str, progress: int, now: datetime
) -> Extension:
    said: Any = {"due": due, "reason": reason, "progress": progress}
    with _once(link, now):
        asked = extensions.request(milestone, **said, actor=actor(link, now), now=now)
        _acknowledge(link, milestone, now)
    return asked


def mute(link: Link, *, now: datetime, step: str = "") -> None:
    """Stop digests, or only one step; as often as it is pressed, it says the same, so that it is never spent."""
    if step:
        people.mute_step(person(link), step, actor=actor(link, now), now=now)
    else:
        people.mute_digest(person(link), actor=actor(link, now), now=now)


@contextmanager
def _once(link: Link, now: datetime) -> Iterator[None]:
    """Raises LinkUsed, and nothing is written, when the link was used before or by somebody at the same time."""
    links.check_unused(link)
    try:
        with record.writing(actor=actor(link, now), now=now):
            yield
            links.spend(link, now)
    except (Conflict, StateConflict):
        links.check_unused(link)
        raise


def _acknowledge(link: Link, milestone: Milestone, now: datetime) -> None:
    """Whoever acts on a milestone from the mail has read what that mail says of it."""
    rows = brought(link.mail, milestone).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
    answered = brought(link.mail, milestone).filter(pk__any_of=list(rows))
    answered.update(state=ReminderState.ACKNOWLEDGED, updated_at=now)
