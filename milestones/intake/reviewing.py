"""How does the office review what a text proposes: read in, edited, accepted, rejected, taken over?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import guard, record
from milestones.errors import DomainError, RuleBroken, StateConflict, check_known
from milestones.evidence import names
from milestones.intake import applying, versions
from milestones.intake.kept import ACCEPTED, OPEN, REJECTED, kept, proposal
from milestones.intake.rules.proposals import Proposal, Reading
from milestones.intake.rules.reading import read
from milestones.intake.standing import Known, Stand, Standing, overview
from milestones.models import IntakeText, Plan, Target
from milestones.planning import operations as milestones
from milestones.planning.holding import hold
from milestones.planning.rules import check_plan_open
from milestones.targets import operations as targets

ENTITY = "intaketext"
EDITABLE = ("title", "workstream", "kind", "due", "measure", "bound", "value", "value_max", "unit")


class NothingFound(RuleBroken):
    code = "nothing_found"
    message = _("Nothing in this text reads like a milestone or a target; look whether it is the plan itself.")


class OutsidePlan(RuleBroken):
    code = "outside_plan"

    def __init__(self, plan: Plan) -> None:
        words = _("This is not due within the plan (%(first)s to %(last)s); change the date, or reject it.")
        super().__init__(words % {"first": plan.starts_on, "last": plan.ends_on}, field="due")


@dataclass
class Outcome:
    """What accepting gave: what was made, which numbers were refused and why, whom the directory does not know."""

    made: list[Known] = field(default_factory=list)
    errors: dict[int, DomainError] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def receive(
    plan: Plan,
    text: str,
    name: str,
    *,
    year: int | None = None,
    replaces: IntakeText | None = None,
    actor: Actor,
    now: datetime,
) -> IntakeText:
    """The text, as `receiving` gave it, is kept with what it proposes; the very same text is kept once for a plan.

    `replaces`: the earlier version, else the most alike of the plan's texts. What was rejected there stays rejected
    where both say it in the same words. Raises AnotherYear, AnotherPlan, NothingFound, PlanClosed, Classified.
    """
    access.require(actor, "intake.review", plan)
    check_plan_open(plan)
    shown = names.clean(name)[:200] or plan.code
    guard.check({"name": shown}, actor=actor, now=now, entity=ENTITY)
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    if same := IntakeText.objects.filter(plan=plan, sha256=digest).first():
        return same
    earlier = versions.before(text, plan, replaces)
    reading = _read(text, year, plan)
    values: dict[str, Any] = {"person": actor.person, "name": shown, "text": text, "year": plan.year, "created_at": now}
    values |= {"replaces": earlier, **_found(reading, text, earlier)}
    return IntakeText.objects.get_or_create(plan=plan, sha256=digest, defaults=values)[0]


def edit(text: IntakeText, number: int, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """Change what a proposal says before it is decided. Raises Classified, StateConflict."""
    access.require(actor, "intake.review", text.plan)
    check_known(values, EDITABLE)
    guard.check(values, actor=actor, now=now, entity=ENTITY, object_id=text.pk)
    with _writing(text, actor, now) as row:
        if row.proposals[number - 1]["decision"] != OPEN:
            raise StateConflict(_("This was decided meanwhile; look at it again."))
        row.proposals[number - 1] = kept(replace(proposal(row.proposals[number - 1]), **values))


def accept(text: IntakeText, numbers: Iterable[int], *, actor: Actor, now: datetime) -> Outcome:
    """Make what is new of these in the plan. One that is refused keeps no other from being made."""
    access.require(actor, "intake.review", text.plan)
    check_plan_open(text.plan)
    chosen = {number: proposal(text.proposals[number - 1]) for number in numbers}
    outside = [number for number, one in chosen.items() if applying.is_outside(text.plan, one)]
    outcome = Outcome(errors={number: OutsidePlan(text.plan) for number in outside})
    rest = [number for number in chosen if number not in outside]
    with guard.attempt():
        refusal = _try(text, rest, outcome, actor, now)
        for number in rest if refusal is not None else ():
            if (refusal := _try(text, [number], outcome, actor, now)) is not None:
                outcome.errors[number] = refusal
    return outcome


def reject(text: IntakeText, number: int, *, actor: Actor, now: datetime) -> None:
    _decide(text, number, OPEN, REJECTED, actor, now)


def reopen(text: IntakeText, number: int, *, actor: Actor, now: datetime) -> None:
    """What was rejected is to be decided again."""
    _decide(text, number, REJECTED, OPEN, actor, now)


def take(text: IntakeText, number: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """What the plan has becomes what this text says, date or figure. Raises what the verbs of the plan raise."""
    access.require(actor, "intake.review", text.plan)
    found = overview(text).of(number)
    if found is None or found.stand != Stand.CHANGED or found.known is None:
        raise StateConflict(_("This was decided meanwhile; look at it again."))
    said = found.proposal
    values = {name: getattr(said, name) for name in found.fields}
    values |= {"source_start": said.span[0], "source_end": said.span[1]}
    with _writing(text, actor, now) as row:
        if isinstance(found.known, Target):
            targets.edit(found.known, values, actor=actor, now=now)
        else:
            milestones.change(found.known, values, reason=reason, actor=actor, now=now)
        row.proposals[number - 1] |= {"decision": ACCEPTED, "made": str(found.known.pk)}


def drop(text: IntakeText, *, actor: Actor) -> None:
    """A text that was read by mistake, of which nothing was accepted."""
    access.require(actor, "intake.review", text.plan)
    if any(row["decision"] == ACCEPTED for row in text.proposals):
        raise StateConflict(_("Something of this text was accepted, so it stays: the plan refers to it."))
    text.delete()


def _try(text: IntakeText, numbers: Sequence[int], outcome: Outcome, actor: Actor, now: datetime) -> DomainError | None:
    try:
        with _writing(text, actor, now) as row:
            standing: dict[int, Standing] = {one.number: one for one in overview(row).all(Stand.NEW)}
            new = {number: standing[number].proposal for number in numbers if number in standing}
            applied = applying.make(text.plan, list(new.values()), actor=actor, now=now)
            made = {id(one): obj for one, obj in applied.made}
            for number, one in new.items():
                row.proposals[number - 1] |= {"decision": ACCEPTED, "made": str(made[id(one)].pk)}
    except DomainError as refusal:
        return refusal
    outcome.made += [obj for _one, obj in applied.made]
    outcome.unknown += [name for name in applied.unknown if name not in outcome.unknown]
    return None


def _decide(text: IntakeText, number: int, before: str, after: str, actor: Actor, now: datetime) -> None:
    access.require(actor, "intake.review", text.plan)
    with _writing(text, actor, now) as row:
        if row.proposals[number - 1]["decision"] != before:
            raise StateConflict(_("This was decided meanwhile; look at it again."))
        row.proposals[number - 1]["decision"] = after


@contextmanager
def _writing(text: IntakeText, actor: Actor, now: datetime) -> Iterator[IntakeText]:
    """The row as it is now, and nobody else's meanwhile: two who decide at once make nothing twice."""
    with record.writing(actor=actor, now=now):
        hold(text.plan)
        row = IntakeText.objects.select_for_update().filter(pk=text.pk).first()
        if row is None:
            raise StateConflict(_("This text was dropped meanwhile."))
        row.plan = text.plan
        yield row
        row.save(update_fields=["proposals"])
    text.proposals = row.proposals


def _read(text: str, year: int | None, plan: Plan) -> Reading:
    reading = read(text, year=year)
    if reading.year is None:
        reading = read(text, year=plan.year)
    applying.check_year(reading.year, plan)
    if not reading.proposals:
        raise NothingFound
    return reading


def _found(reading: Reading, text: str, earlier: IntakeText | None) -> dict[str, Any]:
    rejected = _rejected(earlier)
    return {
        "proposals": [kept(one, REJECTED if _words(one, text) in rejected else OPEN) for one in reading.proposals],
        "headings": [one.span for one in reading.workstreams],
        "passed": [one.span for one in reading.dropped],
    }


def _rejected(earlier: IntakeText | None) -> set[tuple[str, str, str]]:
    """In the version before, which took over what was rejected before it."""
    rows = earlier.proposals if earlier else []
    text = earlier.text if earlier else ""
    return {_words(proposal(row), text) for row in rows if row["decision"] == REJECTED}


def _words(one: Proposal, text: str) -> tuple[str, str, str]:
    return one.type, text[slice(*one.span)], one.sentence
