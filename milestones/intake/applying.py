"""How do accepted proposals become milestones and targets of a plan? Through the verbs, none twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken
from milestones.intake.alike import plain
from milestones.intake.codes import Codes
from milestones.intake.comparing import Difference, Existing, compare
from milestones.intake.rules.proposals import MILESTONE, TARGET, Proposal
from milestones.models import Milestone, Organisation, PartyRole, Plan, Target, Workstream
from milestones.planning import operations as milestones
from milestones.planning import plans
from milestones.planning.operations import PartyInput
from milestones.planning.rules import check_plan_open
from milestones.targets import operations as targets

LONGEST_STAGE = 40
OTHERS = _("Other matters")  # the workstream of milestones that stand under no heading


class AnotherYear(RuleBroken):
    code = "another_year"

    def __init__(self, said: int, plan: Plan) -> None:
        words = _("The text is about %(said)s, the plan about %(year)s; choose another plan, or name the year.")
        super().__init__(words % {"said": said, "year": plan.year}, field="year")


@dataclass
class Applied:
    """What was made; `made` says of which proposal. `unknown` are the organisations that the text names and the
    directory does not. `outside`: due before the plan's first day or after its last (到2025年), so not made.
    """

    difference: Difference
    workstreams: list[Workstream] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    made: list[tuple[Proposal, Milestone | Target]] = field(default_factory=list)
    outside: list[Proposal] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def existing(plan: Plan) -> list[Existing]:
    """What the plan has, as `compare` wants it."""
    had = [
        Existing(one.code, MILESTONE, one.title, _span(one), one.baseline)
        for one in plan.milestones.order_by("due_on", "code")
    ]
    return had + [
        Existing(
            one.code,
            TARGET,
            one.name,
            _span(one),
            None,
            one.measure,
            one.bound,
            one.value,
            one.value_max,
            one.unit,
        )
        for one in plan.targets.order_by("code")
    ]


def check_year(said: int | None, plan: Plan) -> None:
    """Raise AnotherYear: dates and looks back of a text of another year would be read wrongly."""
    if said is not None and said != plan.year:
        raise AnotherYear(said, plan)


def apply(plan: Plan, proposals: Sequence[Proposal], *, actor: Actor, now: datetime) -> Applied:
    """Make what is new of the proposals (edited or not) in a draft or active plan, all of it or nothing.

    What the plan has is left as it is, whatever differs: the office decides on `difference`. Raises Forbidden,
    PlanClosed, RuleBroken, Classified.
    """
    return _make(plan, compare(proposals, existing(plan)), actor, now)


def make(plan: Plan, proposals: Sequence[Proposal], *, actor: Actor, now: datetime) -> Applied:
    """The same of proposals that are known to be new, as among all of a reading."""
    return _make(plan, Difference(tuple(proposals)), actor, now)


def is_outside(plan: Plan, proposal: Proposal) -> bool:
    """Whether it is no promise of this plan's time."""
    return proposal.due is None or not plan.starts_on <= proposal.due.on <= plan.ends_on


def _make(plan: Plan, difference: Difference, actor: Actor, now: datetime) -> Applied:
    check_plan_open(plan)
    applied = Applied(difference)
    making = _Making(plan, applied, actor, now)
    with record.writing(actor=actor, now=now):
        for proposal in difference.new:
            making.one(proposal)
    return applied


class _Making:
    def __init__(self, plan: Plan, applied: Applied, actor: Actor, now: datetime) -> None:
        self.plan, self.applied = plan, applied
        self.act: dict[str, Any] = {"actor": actor, "now": now}
        self.codes = Codes(plan)
        self.streams = {plain(one.title): one for one in plan.workstreams.all()}
        self.position = max((one.position for one in self.streams.values()), default=0)
        self.organisations = {
            plain(name): one
            for one in Organisation.objects.active().order_by("-code")
            for name in (one.name, one.short_name)
            if name
        }

    def one(self, proposal: Proposal) -> None:
        if is_outside(self.plan, proposal):
            self.applied.outside.append(proposal)
        elif proposal.is_target:
            self._target(proposal)
        else:
            self._milestone(proposal)

    def _milestone(self, proposal: Proposal) -> None:
        stream = self._stream(proposal.workstream or str(OTHERS))
        lead = self._organisation(proposal.lead)
        values: dict[str, Any] = {
            "workstream": stream,
            "code": self.codes.milestone(stream.code),
            "title": proposal.title,
            "kind": proposal.kind,
            "stage": proposal.stage[:LONGEST_STAGE],
            "due": proposal.due,
            "lead": lead,
            **_source(proposal),
        }
        parties = [PartyInput(PartyRole.SUPPORTING, one) for one in self._supporting(proposal, lead)]
        made = milestones.create(self.plan, values, parties=parties, **self.act)
        self.applied.milestones.append(made)
        self.applied.made.append((proposal, made))

    def _target(self, proposal: Proposal) -> None:
        stream = self._stream(proposal.workstream) if proposal.workstream else None
        values = {
            "workstream": stream,
            "code": self.codes.target(stream.code if stream else ""),
            "name": proposal.title,
            "unit": proposal.unit,
            "measure": proposal.measure,
            "bound": proposal.bound,
            "value": proposal.value,
            "value_max": proposal.value_max,
            "lead": self._organisation(proposal.lead),
            **_source(proposal),
        }
        made = targets.create(self.plan, values, **self.act)
        self.applied.targets.append(made)
        self.applied.made.append((proposal, made))

    def _stream(self, title: str) -> Workstream:
        found = self.streams.get(plain(title))
        if found is None:
            self.position += 1
            values = {"code": self.codes.workstream(), "title": title, "position": self.position}
            found = self.streams[plain(title)] = plans.create_workstream(self.plan, values, **self.act)
            self.applied.workstreams.append(found)
        return found

    def _organisation(self, name: str) -> Organisation | None:
        found = self.organisations.get(plain(name)) if name else None
        if name and found is None and name not in self.applied.unknown:
            self.applied.unknown.append(name)
        return found

    def _supporting(self, proposal: Proposal, lead: Organisation | None) -> Iterable[Organisation]:
        found = [self._organisation(name) for name in proposal.supporting]
        return dict.fromkeys(one for one in found if one is not None and one != lead)


def _source(proposal: Proposal) -> dict[str, int]:
    return {"source_start": proposal.span[0], "source_end": proposal.span[1]}


def _span(one: Milestone | Target) -> tuple[int, int] | None:
    return None if one.source_start is None or one.source_end is None else (one.source_start, one.source_end)
