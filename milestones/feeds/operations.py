"""How does a person get an address for their calendar, and how does it stop working?"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import Conflict, Duplicate, Forbidden, RuleBroken
from milestones.models import CalendarFeed, Person, Plan
from milestones.planning.staying import hold_active


def create(*, plan: Plan | None = None, actor: Actor, now: datetime) -> CalendarFeed:
    """The actor's own feed of what concerns them, or of `plan` as they see it; the one they have goes on.

    Only for oneself: whoever knows the address reads the calendar. Raises Forbidden, RuleBroken (a plan that they do
    not see, or that is a draft).
    """
    person = _self(actor)
    feed = CalendarFeed(person=person, plan=plan)
    access.require(actor, "feed.create", feed)
    _check_plan(plan, person)
    if (found := _open(person, plan)) is not None:
        return found
    try:
        with record.writing(actor=actor, now=now):
            hold_active(person=person)
            return record.create(feed, actor=actor, verb="feed.create", now=now)
    except Duplicate:  # the same was asked for at the same moment
        if (found := _open(person, plan)) is None:
            raise Conflict from None  # and revoked since
        return found


def revoke(feed: CalendarFeed, *, actor: Actor, now: datetime, version: int | None = None) -> bool:
    """From now on its address answers that it is gone, for ever; False when it did already. By the person or the
    office."""
    record.expect(feed, version)
    access.require(actor, "feed.revoke", feed)
    if feed.revoked_at is not None:
        return False
    with record.writing(actor=actor, now=now):
        allowed = {"revoked_at__isnull": True}
        return record.update(feed, {"revoked_at": now}, actor=actor, verb="feed.revoke", now=now, allowed=allowed)


def current(person: Person) -> list[CalendarFeed]:
    """Those that work: the person's own first, then those of plans."""
    rows = CalendarFeed.objects.filter(person=person, revoked_at__isnull=True).select_related("plan")
    return sorted(rows, key=lambda feed: (feed.plan is not None, feed.created_at))


def _open(person: Person, plan: Plan | None) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(person=person, plan=plan, revoked_at__isnull=True).first()


def _check_plan(plan: Plan | None, person: Person) -> None:
    if plan is None:
        return
    if plan.is_draft or not access.visible(Plan.objects.filter(pk=plan.pk), person).exists():
        raise RuleBroken(_("There is no calendar of a draft; activate the plan first."), field="plan", code="draft")


def _self(actor: Actor) -> Person:
    if actor.person is None:
        raise Forbidden
    return actor.person
