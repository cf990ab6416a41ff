"""交接: what is open of somebody who leaves, and how does all of it go to others at once?

Milestones and parts in them, organisations spoken for, and delegations as a deputy; decisions on extensions go with the
organisations. Notices stay with the organisation. The old person's open reminders are suppressed by the sweep.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken
from milestones.mail import catalogue, outbox
from milestones.models import (
    Delegation,
    Extension,
    MailKind,
    Milestone,
    NextLook,
    Organisation,
    OutgoingMail,
    Party,
    Person,
    PlanState,
)
from milestones.planning import holding, letters, moving, operations, staying
from milestones.planning.operations import HandOver, PartyInput

from . import delegations, organisations
from .organisations import SPEAKERS

Open = Milestone | Party | Organisation | Delegation


@dataclass(frozen=True)
class Duties:
    """All that is open of one person, in active and in draft plans. `decisions` are extension requests that wait for
    the person as supervising leader; they follow the organisation."""

    milestones: tuple[Milestone, ...]
    parties: tuple[Party, ...]
    units: tuple[Organisation, ...]
    delegations: tuple[Delegation, ...]
    decisions: tuple[Extension, ...] = ()

    def __iter__(self) -> Iterator[Open]:
        yield from self.milestones
        yield from self.parties
        yield from self.units
        yield from self.delegations

    def __bool__(self) -> bool:
        return any(True for _one in self)


def duties(person: Person, today: date) -> Duties:
    """A few queries, however much it is."""
    standing = Milestone.objects.open().exclude(plan__state=PlanState.CLOSED)
    parts = Party.objects.filter(person=person, milestone__in=standing)
    speaks = Q(*((name, person) for name in SPEAKERS), _connector=Q.OR)
    near = ("plan", "workstream", "accountable", "lead")
    return Duties(
        milestones=tuple(standing.owned_by(person).select_related(*near).order_by("due_on", "code")),
        parties=tuple(
            parts.select_related("organisation", "person", *(f"milestone__{name}" for name in near)).order_by(
                "milestone__due_on", "milestone__code", "role"
            )
        ),
        units=tuple(Organisation.objects.active().filter(speaks).select_related(*SPEAKERS).order_by("code")),
        delegations=tuple(delegations.deputised(person, today)),
        decisions=tuple(_decisions(person)),
    )


def roles_of(unit: Organisation, person: Person) -> list[str]:
    """As what the person speaks for the organisation: names of columns."""
    return [name for name in SPEAKERS if getattr(unit, f"{name}_id") == person.pk]


def hand_over(
    person: Person,
    to: Person | None,
    *,
    instead: Mapping[uuid.UUID, Person] | None = None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """All that is open of `person` goes to `to`, but what `instead` names by its id to somebody else; how much went.

    Without `to` only what `instead` names goes. All or nothing, one mail to each new person that lists what is theirs
    now. Raises RuleBroken (no reason, nobody named, somebody inactive), Conflict, Forbidden.
    """
    access.require(actor, "person.hand_over", person)
    named = dict(instead or {})
    _check(person, to, named, reason)
    shares = _shares(duties(person, timezone.localdate(now)), to, named)
    mails = [mail for who, share in shares.items() for mail in _letters(person, who, share, actor, now, reason)]
    how: dict[str, Any] = {"actor": actor, "now": now}
    with record.writing(**how):
        _hold(shares, now)
        operations.hand_over_each(_milestones(person, shares), reason=reason, **how)
        for who, share in shares.items():
            for unit in share.units:
                organisations.edit(unit, dict.fromkeys(roles_of(unit, person), who), reason=reason, **how)
            for delegation in share.delegations:
                _delegate(delegation, who, **how)
        outbox.put(mails)
    return sum(1 for share in shares.values() for _one in share)


def _hold(shares: Mapping[Person, Duties], now: datetime) -> None:
    """All that this locks and wakes, in the one order of all verbs (docs/decisions/0045) and before the first write:
    what follows from one part of it (whose coordinator changes, who is stood in for) lies anywhere among the others."""
    ways = [one for share in shares.values() for one in share.delegations]
    units = [unit for share in shares.values() for unit in share.units]
    moved = [one for share in shares.values() for one in share.milestones]
    moved += [part.milestone for share in shares.values() for part in share.parties]
    parties = [part for share in shares.values() for part in share.parties]
    if ways:
        delegations.wait_in_line()
    holding.hold(*(one.plan for one in moved))
    who = [("to", one) for one in shares] + [("person", way.person) for way in ways]
    concerned = [("parties", part.organisation) for part in parties] + [("to", unit) for unit in units]
    staying.hold_all_active([*who, *concerned], to_write=units)
    ids = {one.pk for one in moved} | set(organisations.led_by(units).values_list("pk", flat=True))
    ids |= set(delegations.reminded([way.person for way in ways]).values_list("pk", flat=True))
    rows = Milestone.objects.filter(pk__any_of=list(ids))
    moving.lock_all(rows)
    NextLook.objects.wake(rows.in_active_plans(), now)


def _check(person: Person, to: Person | None, named: Mapping[uuid.UUID, Person], reason: str) -> None:
    if not reason.strip():
        message = _("A hand-over needs a reason; say why in a sentence.")
        raise RuleBroken(message, field="reason", code="reason_missing")
    people = [one for one in (to, *named.values()) if one is not None]
    if not people:
        raise RuleBroken(_("Say who takes over."), field="to", code="missing")
    for one in people:
        if one.pk == person.pk:
            raise RuleBroken(_("Somebody else must take over."), field="to", code="oneself")
        if not one.is_active:
            raise RuleBroken(_("This person is not active; choose another."), field="to", code="inactive")


def _shares(found: Duties, to: Person | None, named: Mapping[uuid.UUID, Person]) -> dict[Person, Duties]:
    """What goes to whom. Decisions go with the organisation of whose milestone they are, else with none."""
    parts: dict[Person, list[Open]] = defaultdict(list)
    for one in found:
        if (who := named.get(one.pk, to)) is not None:
            parts[who].append(one)
    return {who: _share(rows, found.decisions) for who, rows in parts.items()}


def _share(rows: list[Open], decisions: tuple[Extension, ...]) -> Duties:
    units = tuple(one for one in rows if isinstance(one, Organisation))
    above = {unit.pk for unit in units}
    return Duties(
        milestones=tuple(one for one in rows if isinstance(one, Milestone)),
        parties=tuple(one for one in rows if isinstance(one, Party)),
        units=units,
        delegations=tuple(one for one in rows if isinstance(one, Delegation)),
        decisions=tuple(one for one in decisions if _supervised_through(one.milestone.lead) in above),
    )


def _milestones(person: Person, shares: Mapping[Person, Duties]) -> list[HandOver]:
    """One change a milestone, be it of its owner, of its parties, or of both, in a fixed order of their rows."""
    owners = {one.pk: (one, who) for who, share in shares.items() for one in share.milestones}
    taken = {part.pk: who for who, share in shares.items() for part in share.parties}
    rows = {part.milestone_id: part.milestone for share in shares.values() for part in share.parties}
    rows |= {pk: one for pk, (one, _who) in owners.items()}
    parties: dict[uuid.UUID, list[Party]] = defaultdict(list)
    concerned = {part.milestone_id for share in shares.values() for part in share.parties}
    for part in Party.objects.filter(milestone__in=concerned).select_related("organisation", "person"):
        parties[part.milestone_id].append(part)
    return [
        HandOver(
            rows[pk],
            owners[pk][1] if pk in owners else None,
            _parties(parties[pk], taken) if pk in concerned else None,
        )
        for pk in sorted(rows)
    ]


def _parties(present: list[Party], taken: Mapping[uuid.UUID, Person]) -> list[PartyInput]:
    """Whoever takes part already in the same role does so once."""
    new = [PartyInput(one.role, one.organisation, taken.get(one.pk, one.person)) for one in present]
    return list(dict.fromkeys(new))


def _delegate(delegation: Delegation, who: Person, *, actor: Actor, now: datetime) -> None:
    """Nobody stands in for themselves: then the delegation ends."""
    if who.pk == delegation.person_id:
        delegations.end(delegation, actor=actor, now=now)
    else:
        delegations.edit(delegation, {"deputy": who}, actor=actor, now=now, tell=False)


def _letters(
    person: Person, who: Person, share: Duties, actor: Actor, now: datetime, reason: str
) -> Iterator[OutgoingMail]:
    """The one mail to who takes over, unless it is their own doing; and the news to who watches the milestones."""
    active = [one for one in share.milestones if one.plan.is_active]
    news = letters.of_assignment(active, who, actor=actor, now=now, reason=reason)
    yield from (mail for mail in news if mail.kind != MailKind.DUTIES)
    told = catalogue.HandedOver(
        milestones=active,
        parties=[part for part in share.parties if part.milestone.plan.is_active],
        units=[(unit, words_of(unit, person)) for unit in share.units],
        delegations=[one for one in share.delegations if one.person_id != who.pk],
        decisions=len(share.decisions),
    )
    if who != actor.person and (told.milestones or told.parties or told.units or told.delegations):
        yield catalogue.handed_over(who, person, told, reason=reason, now=now)


def words_of(unit: Organisation, person: Person) -> list[Any]:
    """What the person is there, in words that are translated only when they are read: “head”, “coordinator”."""
    return [unit._meta.get_field(name).verbose_name for name in roles_of(unit, person)]  # type: ignore[union-attr]


def _decisions(person: Person) -> Iterator[Extension]:
    """Undecided requests for which `person` is the supervising leader, of the lead or of the nearest one above it."""
    near = ("milestone__lead__supervising_leader", "milestone__lead__parent__supervising_leader")
    for one in Extension.objects.open().select_related(*near):
        if access.supervising_leader(one.milestone.lead) == person:
            yield one


def _supervised_through(unit: Organisation | None) -> uuid.UUID | None:
    """The organisation at which `access.supervising_leader` finds the leader."""
    while unit is not None and not unit.supervising_leader_id:
        unit = unit.parent
    return unit.pk if unit is not None else None
