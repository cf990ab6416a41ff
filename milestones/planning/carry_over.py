"""结转: how do the open milestones of a plan go on in the next one, each once, and with what tied to them?

The source keeps its state, and its reminders go on until its plan is closed; docs/how-to/carry-over-a-plan.md.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import Duplicate, RuleBroken
from milestones.models import (
    OPEN_STATES,
    Dependency,
    ExternalRef,
    Milestone,
    Organisation,
    OutgoingMail,
    Party,
    Person,
    Plan,
    Watch,
    Workstream,
)
from milestones.workdays.periods import FuzzyDate

from . import assessment, carrying, dependencies, letters, operations
from .holding import hold, still_there
from .looking import look_again
from .operations import PartyInput
from .staying import hold_all_active

VERB = "milestone.carry_over"
COPIED = (
    "code",
    "title",
    "title_en",
    "kind",
    "stage",
    "description",
    "criterion",
    "weight",
    "policy",
)


@dataclass(frozen=True)
class _Copy:
    """A milestone to be made, from which one, with which parties and watchers."""

    source: Milestone
    milestone: Milestone
    parties: Sequence[PartyInput]
    watchers: Sequence[Person]


@dataclass(frozen=True)
class _Job:
    """All that is to be made. `there` holds copies that stand already, by their source."""

    plan: Plan
    into: Plan
    streams: Mapping[str, Workstream]
    copies: list[_Copy] = field(default_factory=list)
    there: Mapping[uuid.UUID, Milestone] = field(default_factory=dict)

    def made_of(self, source: uuid.UUID | None) -> Milestone | None:
        made = {copy.source.pk: copy.milestone for copy in self.copies}
        return made.get(source) or self.there.get(source) if source else None


def carry_over(
    plan: Plan,
    into: Plan,
    *,
    due: Mapping[str, FuzzyDate] | None = None,
    codes: Collection[str] | None = None,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> list[Milestone]:
    """Copy what is open in `plan` (of `codes` only, if given) to `into`; the copies, without those that stood already.

    `due` says by code when a copy is due, by default what `carrying.proposed_due` says. All or nothing. Raises
    Duplicate (codes that `into` has for others), RuleBroken, StateConflict, Conflict, Forbidden.
    """
    carrying.check(plan, into, actor)
    chosen, there = _chosen(plan, into, codes, due or {})
    job = _prepare(plan, into, chosen, there, due or {}, now)
    mails = _letters(job, actor=actor, now=now, reason=reason)
    with record.writing(actor=actor, now=now):
        dependencies.wait_in_line()
        hold(plan, into)
        _hold(job)
        _write(job, actor=actor, now=now, reason=reason)
        OutgoingMail.objects.bulk_create(mails)
    return [copy.milestone for copy in job.copies]


# --- Before the transaction -------------------------------------------------------------------------------------------
def _chosen(
    plan: Plan, into: Plan, codes: Collection[str] | None, due: Mapping[str, FuzzyDate]
) -> tuple[list[Milestone], dict[uuid.UUID, Milestone]]:
    """(what is to be copied, the copies that stand by their source)"""
    rows = carrying.sources(plan)
    if unknown := sorted({*due, *(codes or ())} - {row.code for row in rows}):
        message = _("No open milestone of this plan has the code %(codes)s.")
        raise RuleBroken(message % {"codes": ", ".join(unknown)}, field="codes", code="unknown")
    there = {row.pk: copy for row in rows if (copy := carrying.copy_of(row)) and copy.plan_id == into.pk}
    left = [row for row in rows if carrying.copy_of(row) is None and (codes is None or row.code in codes)]
    if taken := sorted(carrying.taken(into, [row.code for row in left])):
        words = _("The new plan has other milestones with these codes: %(codes)s. Rename them there, or leave these.")
        raise Duplicate(words % {"codes": ", ".join(taken)}, field="codes")
    return parents_first(left), there


def _prepare(
    plan: Plan,
    into: Plan,
    chosen: Sequence[Milestone],
    there: Mapping[uuid.UUID, Milestone],
    due: Mapping[str, FuzzyDate],
    now: datetime,
) -> _Job:
    job = _Job(plan, into, _streams(into, chosen), there=there)
    ids = [row.pk for row in chosen]
    parties = by_milestone(Party.objects.filter(milestone__in=ids).select_related("organisation", "person"))
    watches = by_milestone(Watch.objects.filter(milestone__in=ids, person__is_active=True).select_related("person"))
    for source in chosen:
        values = {name: getattr(source, name) for name in COPIED} | {
            "workstream": job.streams[source.workstream.code],
            "due": due.get(source.code) or carrying.proposed_due(source, into),
            "accountable": source.accountable if is_active(source.accountable) else None,
            "lead": source.lead if is_active(source.lead) else None,
            "parent": job.made_of(source.parent_id),
        }
        milestone = operations.build(into, values, now=now)
        milestone.carried_from = source
        watchers = [watch.person for watch in watches[source.pk]]
        job.copies.append(_Copy(source, milestone, present_parties(parties[source.pk]), watchers))
    return job


def _streams(into: Plan, chosen: Iterable[Milestone]) -> dict[str, Workstream]:
    """By code: those of the new plan, and new ones like the old where it has none of that code."""
    found = {stream.code: stream for stream in into.workstreams.all()}
    for old in {row.workstream.code: row.workstream for row in chosen}.values():
        if old.code not in found:
            same = {name: getattr(old, name) for name in ("code", "title", "title_en", "position", "policy")}
            found[old.code] = Workstream(plan=into, lead=old.lead if is_active(old.lead) else None, **same)
    return found


def parents_first(rows: Sequence[Milestone]) -> list[Milestone]:
    by_id = {row.pk: row for row in rows}

    def depth(row: Milestone) -> int:
        return 1 + depth(by_id[row.parent_id]) if row.parent_id in by_id else 0

    return sorted(rows, key=depth)


def present_parties(rows: Iterable[Party]) -> list[PartyInput]:
    """Without retired organisations; for a person who left the organisation answers."""
    kept = [
        PartyInput(row.role, row.organisation, row.person if is_active(row.person) else None)
        for row in rows
        if row.organisation.is_active
    ]
    return list(dict.fromkeys(kept))


def is_active(row: Person | Organisation | None) -> bool:
    return row is not None and row.is_active


def by_milestone(rows: Iterable[Any]) -> dict[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.milestone_id].append(row)
    return found


def _letters(job: _Job, *, actor: Actor, now: datetime, reason: str) -> list[OutgoingMail]:
    """One mail to each owner that lists all that is theirs in the new plan; drafts tell nobody."""
    owned: dict[Person | None, list[Milestone]] = defaultdict(list)
    for copy in job.copies:
        owned[copy.milestone.accountable].append(copy.milestone)
    how: dict[str, Any] = {"actor": actor, "now": now, "reason": reason}
    return [mail for person, rows in owned.items() for mail in letters.duties(rows, person, **how)]


# --- In the transaction -----------------------------------------------------------------------------------------------
def _hold(job: _Job) -> None:
    """Nobody else carries these at the same time, and who answers for the copies is still here."""
    for copy in job.copies:
        still_there(job.into, workstream=_stored(copy.milestone.workstream), parent=_stored(copy.milestone.parent))
    hold_all_active(named for copy in job.copies for named in _named(copy))
    ids = [copy.source.pk for copy in job.copies]
    rows = Milestone.objects.select_for_update(no_key=True, of=("self",)).filter(pk__any_of=ids)
    present = dict(rows.order_by("pk").values_list("pk", "version"))
    for copy in job.copies:
        if present.get(copy.source.pk) != copy.source.version:
            raise record.conflict(copy.source)


def _stored(row: Any) -> Any:
    """What is not made by this very job."""
    return None if row is None or row._state.adding else row


def _named(copy: _Copy) -> Iterator[tuple[str, Person | Organisation | None]]:
    yield "accountable", copy.milestone.accountable
    yield "lead", copy.milestone.lead
    for party in copy.parties:
        yield "parties", party.organisation
        yield "parties", party.person


def _write(job: _Job, *, actor: Actor, now: datetime, reason: str) -> None:
    how: dict[str, Any] = {"actor": actor, "now": now}
    for stream in job.streams.values():
        if stream._state.adding and any(copy.milestone.workstream == stream for copy in job.copies):
            record.create(stream, verb="workstream.create", **how)
    refs = _refs(job)
    for copy in job.copies:
        _write_copy(copy, refs[copy.source.pk], reason=reason, **how)
    _tie(job, **how)


def _write_copy(copy: _Copy, refs: list[list[str]], *, actor: Actor, now: datetime, reason: str) -> None:
    source, milestone = copy.source, copy.milestone
    how: dict[str, Any] = {"actor": actor, "now": now}
    for name, value in assessment.columns(milestone, now=now).items():
        setattr(milestone, name, value)
    parties = sorted([p.recorded for p in copy.parties], key=lambda party: [part or "" for part in party])
    record.create(milestone, verb=VERB, reason=reason, parties=parties, external_refs=refs, **how)
    record.update(
        source,
        {},
        verb=VERB,
        reason=reason,
        parts={"carried_to": (None, str(milestone.pk)), "external_refs": (refs, [])},
        allowed={"state__in": OPEN_STATES},
        **how,
    )
    ExternalRef.objects.filter(entity="milestone", object_id=source.pk).update(object_id=milestone.pk)
    rows = [Party(milestone=milestone, role=p.role, organisation=p.organisation, person=p.person) for p in copy.parties]
    Party.objects.bulk_create(rows)
    for person in copy.watchers:
        record.create(Watch(milestone=milestone, person=person), verb="watch.start", **how)
    look_again(milestone, now)
    assessment.assess_again(milestone, now)


def _refs(job: _Job) -> dict[uuid.UUID, list[list[str]]]:
    """By source the names under which other systems know it, as history records them."""
    found: dict[uuid.UUID, list[list[str]]] = defaultdict(list)
    rows = ExternalRef.objects.filter(entity="milestone", object_id__any_of=[copy.source.pk for copy in job.copies])
    for row in rows.order_by("system", "external_id"):
        found[row.object_id].append([row.system, row.external_id])
    return found


def _tie(job: _Job, *, actor: Actor, now: datetime) -> None:
    """The dependencies among what was carried, now or before; Cycle when the new plan has the opposite one."""
    new = {copy.source.pk for copy in job.copies}
    every = [*new, *job.there]
    ties = Dependency.objects.filter(predecessor__id__any_of=every, successor__id__any_of=every)
    for tie in ties.order_by("created_at", "id"):
        if tie.predecessor_id not in new and tie.successor_id not in new:
            continue
        before, after = job.made_of(tie.predecessor_id), job.made_of(tie.successor_id)
        assert before is not None  # both ends are copied
        assert after is not None
        if not {tie.predecessor_id, tie.successor_id} <= new:
            dependencies.check_no_cycle(before, after, actor)
        one = Dependency(predecessor=before, successor=after, lag=tie.lag)
        record.create(one, actor=actor, verb="dependency.add", now=now)
