"""Who must hear of a change at once? Nobody is told of what they did themselves; drafts tell nobody.

Rendered before the transaction that stores them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from milestones.actors import Actor
from milestones.mail import catalogue
from milestones.models import Milestone, OutgoingMail, Person, Watch

from . import revisions

# What the steps of a milestone's life are called in `emails/news.txt`; a start is no news.
NEWS = {"submit": "submitted", "verify": "verified", "return": "returned", "reopen": "reopened", "cancel": "cancelled"}


def of_change(
    milestone: Milestone, touched: Mapping[str, Any], *, actor: Actor, now: datetime, reason: str
) -> list[OutgoingMail]:
    """What the accountable person must hear, that it is theirs now, else that its deadline moves; then who watches."""
    after = copy.copy(milestone)
    for name, value in revisions.columns(touched).items():
        setattr(after, name, value)
    mails = _to_owner(after, milestone, touched, actor=actor, now=now, reason=reason)
    told: dict[str, Any] = {"told": mails, "actor": actor, "now": now, "reason": reason}
    if "due" in touched:
        return mails + watchers(after, "rescheduled", old=milestone.due, new=after.due, **told)
    if "accountable" in touched and after.is_open:
        return mails + watchers(after, "handed_over", owner=after.accountable, **told)
    return mails


def of_assignment(
    milestones: Sequence[Milestone], to: Person | None, *, actor: Actor, now: datetime, reason: str
) -> list[OutgoingMail]:
    """One mail to the new owner, and for each milestone the news to who watches it."""
    mails = duties(milestones, to, actor=actor, now=now, reason=reason)
    told: dict[str, Any] = {"told": mails, "actor": actor, "now": now, "reason": reason, "owner": to}
    watched = set(Watch.objects.filter(milestone__in=milestones).values_list("milestone_id", flat=True))
    shown = [milestone for milestone in milestones if milestone.pk in watched and milestone.is_open]
    return mails + [mail for milestone in shown for mail in watchers(milestone, "handed_over", **told)]


def of_step(
    milestone: Milestone,
    verb: str,
    values: Mapping[str, Any],
    *,
    told: Sequence[OutgoingMail],
    actor: Actor,
    now: datetime,
    reason: str,
) -> list[OutgoingMail]:
    """`told`, the letters of this step, and the news to who watches; what was stated stands on the milestone's page."""
    if verb not in NEWS:
        return list(told)
    words: dict[str, Any] = {"actual": values.get("actual"), "reason": "" if verb == "submit" else reason}
    return [*told, *watchers(milestone, NEWS[verb], told=told, actor=actor, now=now, **words)]


def watchers(
    milestone: Milestone,
    news: str,
    *,
    actor: Actor,
    now: datetime,
    told: Sequence[OutgoingMail] = (),
    only: Callable[[Person], bool] | None = None,
    **words: Any,
) -> list[OutgoingMail]:
    """The news (a sentence of `emails/news.txt`, filled by `words`) to whoever watches the milestone, one mail each.

    Whoever gets one of `told` hears of the change by that; `only` says who may read what the news holds.
    """
    if not milestone.plan.is_active:
        return []
    heard = {mail.recipient_id for mail in told} | {actor.person.pk if actor.person else None}
    rows = Watch.objects.filter(milestone=milestone, person__is_active=True).select_related("person").order_by("id")
    people = [row.person for row in rows if row.person_id not in heard and (only is None or only(row.person))]
    return [catalogue.watched(person, milestone, news, now=now, **words) for person in people]


def duties(
    milestones: Sequence[Milestone], to: Person | None, *, actor: Actor, now: datetime, reason: str
) -> list[OutgoingMail]:
    """One mail to `to`, however many milestones are theirs now."""
    shown = [milestone for milestone in milestones if milestone.plan.is_active and milestone.is_open]
    if not shown or to is None or to == actor.person:
        return []
    return [catalogue.duties(to, shown, reason=reason, now=now)]


def _to_owner(
    after: Milestone, before: Milestone, touched: Mapping[str, Any], *, actor: Actor, now: datetime, reason: str
) -> list[OutgoingMail]:
    person = after.accountable
    if "accountable" in touched:
        return duties([after], person, actor=actor, now=now, reason=reason)
    if "due" not in touched or not before.plan.is_active or person is None or person == actor.person:
        return []
    return [catalogue.rescheduled(person, after, before.due, reason=reason, now=now)] if person.is_active else []
