"""Who must hear of a batch at once? One mail a person of what became theirs, one of what moved; drafts tell nobody."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from milestones.actors import Actor
from milestones.mail import catalogue, outbox
from milestones.models import Milestone, OutgoingMail, Person, Watch
from milestones.planning import letters

from . import made
from .writes import Write


def of_batch(writes: Sequence[Write], *, actor: Actor, now: datetime) -> list[OutgoingMail]:
    """Rendered before the transaction that stores them."""
    heard = [write for write in writes if write.plan.is_active and _is_news(write)]
    after = {write.pk: _after(write) for write in heard}
    _load_owners(after.values())
    how: dict[str, Any] = {"actor": actor, "now": now}
    told = [*_duties(heard, after, **how), *_moved(heard, after, **how)]
    return outbox.joined([*told, *_to_watchers(heard, after, told, **how)])


def _is_news(write: Write) -> bool:
    return write.is_new or not {"accountable", "due"}.isdisjoint(write.touched)


def _after(write: Write) -> Milestone:
    """As it will be."""
    return write.milestone if write.is_new else made.changed(write.milestone, write.columns, write.plan)


def _load_owners(milestones: Any) -> None:
    people = Person.objects.in_bulk({one.accountable_id for one in milestones if one.accountable_id})
    for one in milestones:
        one.accountable = people.get(one.accountable_id)


def _duties(
    heard: Sequence[Write], after: Mapping[uuid.UUID, Milestone], *, actor: Actor, now: datetime
) -> list[OutgoingMail]:
    owned: dict[Person, list[Write]] = defaultdict(list)
    for write in heard:
        person = after[write.pk].accountable
        if person is not None and "accountable" in write.touched:
            owned[person].append(write)
    mails = []
    for person, own in owned.items():
        milestones = [after[write.pk] for write in own]
        mails += letters.duties(milestones, person, actor=actor, now=now, reason=_the_one(own))
    return mails


def _moved(
    heard: Sequence[Write], after: Mapping[uuid.UUID, Milestone], *, actor: Actor, now: datetime
) -> list[OutgoingMail]:
    owned: dict[Person, list[Write]] = defaultdict(list)
    for write in heard:
        person = after[write.pk].accountable
        if write.is_new or "due" not in write.touched or "accountable" in write.touched or person is None:
            continue
        if person.is_active and person != actor.person:
            owned[person].append(write)
    mails = []
    for person, own in owned.items():
        moves = [(after[write.pk], write.milestone.due) for write in own]
        mails.append(catalogue.rescheduled_all(person, moves, reason=_the_one(own), now=now))
    return mails


def _the_one(writes: Sequence[Write]) -> str:
    """The reason of all of them; none when they have several."""
    reasons = {write.reason for write in writes}
    return reasons.pop() if len(reasons) == 1 else ""


def _to_watchers(
    heard: Sequence[Write],
    after: Mapping[uuid.UUID, Milestone],
    told: Sequence[OutgoingMail],
    *,
    actor: Actor,
    now: datetime,
) -> list[OutgoingMail]:
    """The news of each milestone to whoever watches it; its owner has heard of it by another of these mails."""
    changed = {write.pk: write for write in heard if not write.is_new}
    ids = Watch.objects.filter(milestone__id__any_of=list(changed)) if changed else Watch.objects.none()
    mails = []
    for pk in ids.order_by("milestone_id").values_list("milestone_id", flat=True).distinct():
        write, milestone = changed[pk], after[pk]
        own = [mail for mail in told if mail.recipient_id == milestone.accountable_id]
        how: dict[str, Any] = {"told": own, "actor": actor, "now": now, "reason": write.reason}
        if "due" in write.touched:
            mails += letters.watchers(milestone, "rescheduled", old=write.milestone.due, new=milestone.due, **how)
        elif milestone.is_open:
            mails += letters.watchers(milestone, "handed_over", owner=milestone.accountable, **how)
    return mails
