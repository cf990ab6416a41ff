"""How is a milestone created, edited, assigned, handed over, rescheduled and, in a draft, deleted?

All these are one change to one row; `change` knows what each touched column demands, the named verbs read better.
Columns are given as the domain speaks of them: `due` and `forecast` as FuzzyDate, `accountable` as Person.
What is asked is checked and its letters are rendered first; the transaction then only writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.changes.refs import Recorded
from milestones.errors import RuleBroken, StateConflict, UnknownField, check_known
from milestones.mail import outbox
from milestones.models import Milestone, Organisation, OutgoingMail, Party, Person, Plan
from milestones.models.prepared import add, at_once
from milestones.workdays.periods import FuzzyDate

from . import assessment, letters, references, revisions, rules
from .holding import hold, hold_alone, hold_policies, still_there
from .looking import look_again
from .loosening import loosen
from .rules import EDITABLE, PlanClosed, ReasonMissing
from .staying import hold_all_active

__all__ = ["EDITABLE", "PartyInput", "PlanClosed", "ReasonMissing", "UnknownField"]


@dataclass(frozen=True)
class PartyInput:
    role: str
    organisation: Organisation
    person: Person | None = None

    @property
    def recorded(self) -> list[str | None]:
        return [self.role, str(self.organisation.pk), str(self.person.pk) if self.person else None]


@dataclass(frozen=True)
class HandOver:
    """One milestone of a person's hand-over: who answers for it and who takes part; None: that stays as it is."""

    milestone: Milestone
    accountable: Person | None = None
    parties: Sequence[PartyInput] | None = None


@dataclass(frozen=True)
class _Prepared:
    """A change that passed every check: what is to be written, under which verb."""

    milestone: Milestone
    touched: Mapping[str, Any]
    columns: Mapping[str, Any]
    verb: str
    parties: Sequence[PartyInput] | None
    refs: tuple[Recorded, Recorded] = ([], [])


def create(
    plan: Plan,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    parties: Sequence[PartyInput] = (),
    refs: references.Given | None = None,
) -> Milestone:
    """A new milestone; `values` needs workstream, code, title, kind and due. Its baseline is its due.

    Raises RuleBroken (a field is at fault), Duplicate (the code or a reference is taken), Forbidden, PlanClosed.
    """
    milestone = build(plan, values, now=now)
    access.require(actor, "milestone.create", milestone)
    rules.check_plan_open(plan)
    rules.check_parties([p.recorded for p in parties])
    rules.check_reach(milestone, parties, actor)
    named = references.moved(milestone, refs, actor)
    mails = letters.duties([milestone], milestone.accountable, actor=actor, now=now, reason=reason)
    with record.writing(actor=actor, now=now):
        hold(plan)
        hold_for([(milestone, parties)])
        insert(milestone, parties, named, actor=actor, now=now, reason=reason, mails=mails)
    return milestone


def hold_for(made: Sequence[tuple[Milestone, Sequence[PartyInput]]]) -> None:
    """Before the first of these is inserted, all that they point to; their plan is held by the caller."""
    milestones = [milestone for milestone, _parties in made]
    for milestone in milestones:
        rows = {"workstream": milestone.workstream, "parent": milestone.parent}
        still_there(milestone.plan, **{name: row for name, row in rows.items() if row and not row._state.adding})
    hold_policies(*(milestone.policy for milestone in milestones))
    named = [(name, getattr(milestone, name)) for milestone in milestones for name in ("accountable", "lead")]
    hold_all_active([*named, *(one for _milestone, parties in made for one in _who(parties))])


def insert(
    milestone: Milestone,
    parties: Sequence[PartyInput],
    named: tuple[Recorded, Recorded],
    *,
    actor: Actor,
    now: datetime,
    reason: str,
    mails: Iterable[OutgoingMail] = (),
) -> None:
    """In the caller's transaction, after the checks of `create` and `hold_for`."""
    _set(milestone, assessment.columns(milestone, now=now))
    recorded = _ordered(p.recorded for p in parties)
    parts: dict[str, Any] = {"parties": recorded, "external_refs": named[1]}
    record.create(milestone, actor=actor, verb="milestone.create", now=now, reason=reason, **parts)
    if parties:
        _write_parties(milestone, parties)
    references.write(milestone, *named, actor)
    with at_once():
        look_again(milestone, now)
        assessment.assess_again(milestone, now)
        for mail in mails:
            add(mail)


def build(plan: Plan, values: Mapping[str, Any], *, now: datetime) -> Milestone:
    """The unsaved milestone that `create` would store, checked against every rule that needs no other row."""
    check_known(values, EDITABLE)
    for name in ("workstream", "code", "title", "due"):
        if not values.get(name):
            raise RuleBroken(_("This is needed."), field=name, code="missing")
    milestone = Milestone(plan=plan, reminded_since=now)
    _set(milestone, revisions.columns(values))
    milestone.baseline_on, milestone.baseline_precision = milestone.due_on, milestone.due_precision
    rules.check_values(milestone, values)
    return milestone


def change(
    milestone: Milestone,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
    parties: Sequence[PartyInput] | None = None,
    refs: references.Given | None = None,
) -> bool:
    """Bring the named columns to `values`; False, and nothing written, when nothing differs.

    `parties` and `refs`, when given, are all that it has from now on; `version` is the one the reader saw.
    Raises Conflict, Forbidden, RuleBroken, Duplicate, PlanClosed, StateConflict.
    """
    record.expect(milestone, version)
    prepared = _prepare(milestone, values, actor=actor, reason=reason, parties=parties, refs=refs)
    mails = letters.of_change(milestone, prepared.touched, actor=actor, now=now, reason=reason)
    with record.writing(actor=actor, now=now):
        _hold([prepared])
        changed = _write(prepared, actor=actor, now=now, reason=reason)
        outbox.put(mails if changed else [])
    return changed


def assign(milestones: Iterable[Milestone], to: Person | None, *, actor: Actor, now: datetime, reason: str = "") -> int:
    """Make `to` accountable for each of them (None: nobody yet); how many changed. One mail to `to` lists them all."""
    prepared = [_prepare(one, {"accountable": to}, actor=actor, reason=reason) for one in milestones]
    prepared = _in_order(one for one in prepared if one.touched)
    mails = letters.of_assignment([one.milestone for one in prepared], to, actor=actor, now=now, reason=reason)
    with record.writing(actor=actor, now=now):
        _hold(prepared)
        for one in prepared:
            _write(one, actor=actor, now=now, reason=reason)
        outbox.put(mails)
    return len(prepared)


def hand_over(milestones: Iterable[Milestone], to: Person, *, actor: Actor, now: datetime, reason: str) -> int:
    """`assign` from one person to another: a reason is needed. The old person's open reminders are suppressed by the
    sweep that follows, `to` gets one mail with all that is open, and the steps run from today."""
    if not reason.strip():
        message = _("A hand-over needs a reason; say why in a sentence.")
        raise RuleBroken(message, field="reason", code="reason_missing")
    return assign(milestones, to, actor=actor, now=now, reason=reason)


def hand_over_each(rows: Iterable[HandOver], *, actor: Actor, now: datetime, reason: str) -> int:
    """The milestones of a hand-over that is more than these (`people.handing_over`), which also writes the letters, and
    which has locked what stands above milestones before."""
    how: dict[str, Any] = {"actor": actor, "reason": reason}
    prepared = [
        _prepare(row.milestone, {"accountable": row.accountable} if row.accountable else {}, parties=row.parties, **how)
        for row in rows
    ]
    with record.writing(actor=actor, now=now):
        _hold(prepared)
        return sum(_write(replace(one, verb="milestone.hand_over"), now=now, **how) for one in _in_order(prepared))


def reschedule(
    milestone: Milestone, due: FuzzyDate, *, reason: str, actor: Actor, now: datetime, version: int | None = None
) -> bool:
    """Move the commitment; `baseline` stays. A row of the date history keeps old, new and reason."""
    return change(milestone, {"due": due}, actor=actor, now=now, reason=reason, version=version)


def forecast(
    milestone: Milestone,
    expected: FuzzyDate | None,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> bool:
    """Say when it is now expected (None: no longer known); the commitment does not move."""
    return change(milestone, {"forecast": expected}, actor=actor, now=now, reason=reason, version=version)


def delete(milestone: Milestone, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Remove a milestone of a draft plan; elsewhere StateConflict: cancel it instead."""
    record.expect(milestone, version)
    delete_all([milestone], actor=actor, now=now)


def delete_all(milestones: Sequence[Milestone], *, actor: Actor, now: datetime) -> None:
    """The same of many of one plan, of which none stands below another: all of them, or a refusal and none."""
    plan = milestones[0].plan
    for milestone in milestones:
        access.require(actor, "milestone.delete", milestone)
    if not plan.is_draft:
        message = _("Only a draft plan's milestones can be deleted; cancel it instead.")
        raise StateConflict(message, code="cancel_instead")
    with record.writing(actor=actor, now=now):
        hold_alone(plan)
        if Milestone.objects.filter(parent__id__any_of=[one.pk for one in milestones]).order_by().exists():
            message = _("Other milestones stand below this one; move or delete them first.")
            raise StateConflict(message, code="in_use")
        loosen(milestones, actor=actor, now=now)
        record.delete_all(milestones, actor=actor, verb="milestone.delete", now=now)


def _prepare(
    milestone: Milestone,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    reason: str,
    parties: Sequence[PartyInput] | None = None,
    refs: references.Given | None = None,
) -> _Prepared:
    check_known(values, EDITABLE)
    rules.check_plan_open(milestone.plan)
    touched = {name: value for name, value in values.items() if getattr(milestone, name) != value}
    rules.check_rights(milestone, set(touched) or set(values), parties is not None or refs is not None, actor)
    rules.check_values(milestone, touched)
    rules.check_parties([p.recorded for p in parties or ()])
    rules.check_dates(milestone, touched, reason)
    columns = revisions.columns(touched)
    if "due" in touched:
        columns["due_version"] = milestone.due_version + 1
    if "due" in touched and milestone.plan.is_draft:
        columns |= {"baseline_on": columns["due_on"], "baseline_precision": columns["due_precision"]}
    before, after = references.moved(milestone, refs, actor)
    verb = verb_of(milestone, touched, parties if before == after else after)
    return _Prepared(milestone, touched, columns, verb, parties, (before, after))


def _in_order(prepared: Iterable[_Prepared]) -> list[_Prepared]:
    """By id, however they were given: two who write the same ones wait for one another, never in a circle."""
    return sorted(prepared, key=lambda one: one.milestone.pk)


def _hold(prepared: Sequence[_Prepared]) -> None:
    """Before the first milestone is written, all that is locked above milestones: plans, people, organisations."""
    hold(*(one.milestone.plan for one in prepared))
    for one in prepared:
        named = {name: one.touched.get(name) for name in ("workstream", "parent")}
        still_there(one.milestone.plan, **named)
    hold_policies(*(one.touched.get("policy") for one in prepared))
    hold_all_active(named for one in prepared for named in _named(one))


def _named(prepared: _Prepared) -> Iterator[tuple[str, Person | Organisation | None]]:
    """Whom the change gives something that they did not have."""
    for name in {"accountable", "lead"} & set(prepared.touched):
        yield name, prepared.touched[name]
    old, _new = _parties(prepared)
    yield from _who(party for party in prepared.parties or () if party.recorded not in old)


def _who(parties: Iterable[PartyInput]) -> Iterator[tuple[str, Person | Organisation | None]]:
    for party in parties:
        yield "parties", party.organisation
        yield "parties", party.person


def _write(prepared: _Prepared, *, actor: Actor, now: datetime, reason: str) -> bool:
    """In the caller's transaction, after `_hold`; False when nothing differed."""
    milestone = prepared.milestone
    before = revisions.Dates.of(milestone)
    old, new = _parties(prepared)
    moved = bool(assessment.INPUTS & set(prepared.touched))
    health = assessment.columns(milestone, prepared.columns, now=now) if moved else {}
    changed = record.update(
        milestone,
        {**prepared.columns, **health},
        actor=actor,
        verb=prepared.verb,
        now=now,
        reason=reason,
        quietly=revisions.consequences(prepared.touched, now),
        parts={"parties": (old, new), "external_refs": prepared.refs},
    )
    if old != new:
        _write_parties(milestone, prepared.parties or ())
    if prepared.refs[0] != prepared.refs[1]:
        references.write(milestone, *prepared.refs, actor)
    if changed and not milestone.plan.is_draft:
        revisions.write(milestone, before, actor=actor, now=now, reason=reason)
        look_again(milestone, now)
    if changed and moved:
        assessment.assess_again(milestone, now)
    return changed


def _set(milestone: Milestone, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(milestone, name, value)


def verb_of(milestone: Milestone, touched: Mapping[str, Any], parties: object) -> str:
    """The name that history gives it: a change of one thing is called by that thing."""
    match None if parties is not None else sorted(touched):
        case ["accountable"]:
            handed = milestone.accountable_id and touched["accountable"]
            return "milestone.hand_over" if handed else "milestone.assign"
        case ["due"]:
            return "milestone.reschedule"
        case ["forecast"]:
            return "milestone.forecast"
    return "milestone.edit"


def _parties(prepared: _Prepared) -> tuple[list[list[str | None]], list[list[str | None]]]:
    """(old, new) as history records them; both empty when the parties are not spoken of."""
    if prepared.parties is None:
        return [], []
    rows = prepared.milestone.parties.values_list("role", "organisation_id", "person_id")
    old = [[role, str(organisation), str(person) if person else None] for role, organisation, person in rows]
    return _ordered(old), _ordered(p.recorded for p in prepared.parties)


def _ordered(parties: Iterable[list[str | None]]) -> list[list[str | None]]:
    return sorted(parties, key=lambda party: [part or "" for part in party])


def _write_parties(milestone: Milestone, parties: Sequence[PartyInput]) -> None:
    milestone.parties.all().delete()
    rows = [Party(milestone=milestone, role=p.role, organisation=p.organisation, person=p.person) for p in parties]
    Party.objects.bulk_create(rows)
