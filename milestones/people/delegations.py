"""代理: who stands in for whom while they are away, and what must not overlap or run in a circle?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict, check_known
from milestones.mail import catalogue
from milestones.models import Delegation, Milestone, NextLook, OutgoingMail, Person
from milestones.planning.staying import hold_active

EDITABLE = ("deputy", "starts_on", "ends_on", "reason")
LONGEST = 366  # days, both ends counted
# Any fixed number: the advisory lock under which one delegation at a time is written on PostgreSQL. Three people who
# each look for a circle before the others have committed would close one together.
LOCK = 0x_DE_1E_6A_7E


def create(
    person: Person,
    deputy: Person,
    *,
    starts_on: date,
    ends_on: date,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Delegation:
    """From the first to the last day, both counted, `deputy` may act for `person` and gets a copy of the reminders.

    By the person or the office. Raises RuleBroken (a field is at fault), Forbidden.
    """
    delegation = Delegation(person=person, deputy=deputy, starts_on=starts_on, ends_on=ends_on, reason=reason)
    access.require(actor, "delegation.create", delegation)
    _check(delegation, _today(now))
    mails = _letters(delegation, actor=actor, now=now)
    with record.writing(actor=actor, now=now):
        _check_others(delegation)
        record.create(delegation, actor=actor, verb="delegation.create", now=now)
        _look_again(delegation.person, now)
        OutgoingMail.objects.bulk_create(mails)
    return delegation


def edit(
    delegation: Delegation,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    tell: bool = True,
) -> bool:
    """Another deputy, period or reason; the first day of one that has begun stays. False when nothing differs.

    `tell`: a new deputy gets a letter; not when another letter says so.
    """
    record.expect(delegation, version)
    check_known(values, EDITABLE)
    access.require(actor, "delegation.edit", delegation)
    _check_not_over(delegation, now)
    changed = Delegation(**{name: getattr(delegation, name) for name in ("id", "person", *EDITABLE)} | dict(values))
    _check(changed, _today(now), before=delegation)
    mails = _letters(changed, actor=actor, now=now) if tell and changed.deputy_id != delegation.deputy_id else []
    with record.writing(actor=actor, now=now):
        _check_others(changed)
        written = record.update(delegation, values, actor=actor, verb="delegation.edit", now=now)
        if written:
            _look_again(delegation.person, now)
            OutgoingMail.objects.bulk_create(mails)
    return written


def end(delegation: Delegation, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Back early: today is its last day. One that has not begun is deleted; its tombstone stays."""
    record.expect(delegation, version)
    access.require(actor, "delegation.end", delegation)
    _check_not_over(delegation, now)
    today = _today(now)
    with record.writing(actor=actor, now=now):
        wait_in_line()
        if delegation.starts_on > today:
            record.delete(delegation, actor=actor, verb="delegation.end", now=now)
        else:
            record.update(delegation, {"ends_on": today}, actor=actor, verb="delegation.end", now=now)
        _look_again(delegation.person, now)


def wait_in_line() -> None:
    """Until this transaction ends nobody else writes a delegation. SQLite has a single writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def closes_circle(others: Iterable[Delegation], new: Delegation) -> bool:
    """Whether on some day of `new` its deputy would, directly or through others, have `new.person` as deputy."""
    ways = list(others)

    def leads_back(person: Any, first: date, last: date) -> bool:
        if first > last:
            return False
        if person == new.person_id:
            return True
        return any(
            leads_back(way.deputy_id, max(first, way.starts_on), min(last, way.ends_on))
            for way in ways
            if way.person_id == person
        )

    return leads_back(new.deputy_id, new.starts_on, new.ends_on)


def _check(delegation: Delegation, today: date, before: Delegation | None = None) -> None:
    first, last = delegation.starts_on, delegation.ends_on
    if delegation.person_id == delegation.deputy_id:
        raise RuleBroken(_("Nobody stands in for themselves; choose another."), field="deputy", code="oneself")
    if last < first:
        raise RuleBroken(_("The last day is before the first."), field="ends_on", code="period")
    if (last - first).days >= LONGEST:
        raise RuleBroken(_("A delegation lasts a year at most; hand over instead."), field="ends_on", code="too_long")
    begun = before is not None and before.starts_on <= today
    if begun and before is not None and first != before.starts_on:
        raise RuleBroken(_("It has begun already; its first day stays."), field="starts_on", code="begun")
    if not begun and first < today:
        raise RuleBroken(_("A delegation begins today at the earliest."), field="starts_on", code="past")
    if last < today:
        raise RuleBroken(_("The last day is today at the earliest; end it instead."), field="ends_on", code="past")


def _check_not_over(delegation: Delegation, now: datetime) -> None:
    if delegation.ends_on < _today(now):
        raise StateConflict(_("This delegation is over; what it was stays as it is."), code="over")


def _check_others(delegation: Delegation) -> None:
    """What others may have written meanwhile. Both people stay active, and nobody else writes delegations until this
    transaction ends."""
    wait_in_line()
    hold_active(person=delegation.person, deputy=delegation.deputy)
    same_days = Delegation.objects.filter(starts_on__lte=delegation.ends_on, ends_on__gte=delegation.starts_on)
    others = list(same_days.exclude(pk=delegation.pk))
    for other in others:
        if other.person_id == delegation.person_id:
            message = _("Somebody stands in already from %(first)s to %(last)s; end that or choose other days.")
            said = {"first": other.starts_on, "last": other.ends_on}
            raise RuleBroken(message % said, field="starts_on", code="overlap")
    if closes_circle(others, delegation):
        message = _("The deputy is away on some of these days, and this person stands in; choose another.")
        raise RuleBroken(message, field="deputy", code="circle")


def _letters(delegation: Delegation, *, actor: Actor, now: datetime) -> list[OutgoingMail]:
    """The deputy hears of it, unless it was their own doing."""
    if delegation.deputy == actor.person or not delegation.deputy.is_active:
        return []
    return [catalogue.deputy(delegation, now=now)]


def _look_again(person: Person, now: datetime) -> None:
    """What reminds this person reminds, or no longer reminds, somebody else as well."""
    NextLook.objects.wake(reminded([person]), now)


def reminded(people: Collection[Person]) -> QuerySet[Milestone]:
    """What reminds one of these."""
    ids = [person.pk for person in people]
    theirs = Q(accountable__id__any_of=ids) | Q(lead__coordinator__id__any_of=ids)
    return Milestone.objects.open().in_active_plans().filter(theirs)


def _today(now: datetime) -> date:
    return timezone.localdate(now)


def current(person: Person, today: date) -> list[Delegation]:
    """Those of `person` that run or are to come, first things first."""
    rows = Delegation.objects.filter(person=person, ends_on__gte=today)
    return list(rows.select_related("deputy").order_by("starts_on", "id"))


def deputised(person: Person, today: date) -> list[Delegation]:
    """Those in which `person` stands in for somebody, running or to come."""
    rows = Delegation.objects.filter(deputy=person, ends_on__gte=today, person__is_active=True)
    return list(rows.select_related("person").order_by("starts_on", "id"))


def running(person: Person, today: date) -> list[Delegation]:
    return [one for one in deputised(person, today) if one.starts_on <= today]
