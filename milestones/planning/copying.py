"""How is a milestone made like another: a clone beside it, or a copy in another plan?

What was promised is copied, with who answers for it; what happened since is not: state, reports, evidence, notices,
watchers, references of other systems and the history of its dates stay where they happened. Unlike carrying over
nothing goes on: the source does not know its copies.
"""

from __future__ import annotations

import uuid
from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken
from milestones.models import Milestone, OutgoingMail, Party, Person, Plan, Workstream
from milestones.workdays.periods import FuzzyDate, period_of

from . import letters, operations, rules
from .carry_over import COPIED, by_milestone, is_active, parents_first, present_parties
from .codes import next_code
from .holding import hold
from .operations import PartyInput


def clone(
    milestone: Milestone, values: Mapping[str, Any] | None = None, *, actor: Actor, now: datetime, reason: str = ""
) -> Milestone:
    """Another one like it in its own plan; `values` (code, title, due …) are what differs. Raises as `copy`."""
    (made,) = _copy([milestone], milestone.plan, None, values or {}, actor=actor, now=now, reason=reason)
    return made


def copy(
    milestones: Sequence[Milestone],
    into: Plan,
    *,
    workstream: Workstream | None = None,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> list[Milestone]:
    """Copies in `into`, in `workstream`, by default the one of the same code there; all or none, one mail to an owner.

    A due date falls on the same day of the new plan's year. A code that is taken there gives way to the next free one.
    Raises RuleBroken, PlanClosed, Duplicate, Forbidden.
    """
    return _copy(milestones, into, workstream, {}, actor=actor, now=now, reason=reason)


def in_year_of(due: FuzzyDate, before: Plan, after: Plan) -> FuzzyDate:
    """The same day or period of the year of the other plan; 29 February is the 28th where there is none."""
    year = due.on.year + after.year - before.year
    last = monthrange(year, due.on.month)[1]
    return period_of(date(year, due.on.month, min(due.on.day, last)), due.precision)


def _copy(
    milestones: Sequence[Milestone],
    into: Plan,
    workstream: Workstream | None,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    reason: str,
) -> list[Milestone]:
    rules.check_plan_open(into)
    made = _built(milestones, into, workstream, values, now)
    for copied, parties in made.values():
        access.require(actor, "milestone.create", copied)
        rules.check_reach(copied, parties, actor)
    mails = _letters([copied for copied, _parties in made.values()], actor=actor, now=now, reason=reason)
    sources = {one.pk: one for one in milestones}
    with record.writing(actor=actor, now=now):
        hold(into)
        operations.hold_for(list(made.values()))
        for pk, (copied, parties) in made.items():
            why = reason.strip() or _from(sources[pk])
            operations.insert(copied, parties, ([], []), actor=actor, now=now, reason=why)
        OutgoingMail.objects.bulk_create(mails)
    return [copied for copied, _parties in made.values()]


def _built(
    milestones: Sequence[Milestone], into: Plan, workstream: Workstream | None, values: Mapping[str, Any], now: datetime
) -> dict[uuid.UUID, tuple[Milestone, list[PartyInput]]]:
    """By source; a parent that is copied too is the parent of the copies, one of the same plan stays it."""
    streams = {stream.code: stream for stream in into.workstreams.all()}
    taken = set(into.milestones.values_list("code", flat=True))
    rows = Party.objects.filter(milestone__id__any_of=[one.pk for one in milestones])
    parties = by_milestone(rows.select_related("organisation", "person"))
    made: dict[uuid.UUID, tuple[Milestone, list[PartyInput]]] = {}
    for source in parents_first(milestones):
        stream = workstream or streams.get(source.workstream.code)
        if stream is None:
            message = _("The plan “%(plan)s” has no workstream %(code)s; choose one, or make it there first.")
            shown = {"plan": into.code, "code": source.workstream.code}
            raise RuleBroken(message % shown, field="workstream", code="missing")
        above = made[source.parent_id][0] if source.parent_id in made else source.parent
        promised = {name: getattr(source, name) for name in COPIED} | {
            "workstream": stream,
            "code": source.code if source.code not in taken else next_code(stream.code, taken),
            "due": in_year_of(source.due, source.plan, into),
            "accountable": source.accountable if is_active(source.accountable) else None,
            "lead": source.lead if is_active(source.lead) else None,
            "parent": above if above is not None and above.plan_id == into.pk else None,
        }
        copied = operations.build(into, promised | dict(values), now=now)
        taken.add(copied.code)
        made[source.pk] = (copied, present_parties(parties[source.pk]))
    return made


def _from(source: Milestone) -> str:
    return _("Copied from %(code)s of the plan %(plan)s.") % {"code": source.code, "plan": source.plan.code}


def _letters(made: Sequence[Milestone], *, actor: Actor, now: datetime, reason: str) -> list[OutgoingMail]:
    owned: dict[Person | None, list[Milestone]] = defaultdict(list)
    for one in made:
        owned[one.accountable].append(one)
    how: dict[str, Any] = {"actor": actor, "now": now, "reason": reason}
    return [mail for person, some in owned.items() for mail in letters.duties(some, person, **how)]
