"""How is a milestone created, edited, assigned, handed over, rescheduled and, in a draft, deleted?

All these are one change to one row; `change` knows what each touched column demands, the named verbs read better.
Columns are given as the domain speaks of them: `due` and `forecast` as FuzzyDate, `accountable` as Person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import RuleBroken, StateConflict
from milestones.mail import catalogue
from milestones.models import (
    CLOSED_STATES,
    Milestone,
    Organisation,
    OutgoingMail,
    Party,
    Person,
    Plan,
    State,
)
from milestones.workdays.periods import FuzzyDate

from . import revisions
from .holding import hold

PLAIN = (
    "workstream code title title_en kind stage description criterion weight lead parent policy source_start source_end"
).split()
EDITABLE = frozenset([*PLAIN, "due", "forecast", "accountable"])


class UnknownField(RuleBroken):
    code = "unknown_field"


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("Moving a date needs a reason; say why in a sentence.")


class PlanClosed(StateConflict):
    code = "plan_closed"
    message = _("The plan is closed; nothing in it can be changed.")


@dataclass(frozen=True)
class PartyInput:
    role: str
    organisation: Organisation
    person: Person | None = None

    @property
    def recorded(self) -> list[str | None]:
        return [
            self.role,
            str(self.organisation.pk),
            str(self.person.pk) if self.person else None,
        ]


def create(
    plan: Plan,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    parties: Sequence[PartyInput] = (),
) -> Milestone:
    """A new milestone; `values` needs workstream, code, title, kind and due. Its baseline is its due.

    Raises RuleBroken (a field is at fault), Duplicate (the code is taken), Forbidden, PlanClosed.
    """
    milestone = build(plan, values, now=now)
    access.require(actor, "milestone.create", milestone)
    _check_plan_open(plan)
    letters = _letters([milestone], None, None, actor, now) if plan.is_active else []
    with transaction.atomic():
        hold(plan)
        record.create(
            milestone,
            actor=actor,
            verb="milestone.create",
            now=now,
            reason=reason,
            parties=sorted(p.recorded for p in parties),
        )
        _write_parties(milestone, parties)
        OutgoingMail.objects.bulk_create(letters)
    return milestone


def build(plan: Plan, values: Mapping[str, Any], *, now: datetime) -> Milestone:
    """The unsaved milestone that `create` would store, checked against every rule that needs no other row."""
    _check_known(values)
    for name in ("workstream", "code", "title", "due"):
        if not values.get(name):
            raise RuleBroken(_("This is needed."), field=name, code="missing")
    milestone = Milestone(
        plan=plan,
        reminded_since=now,
        look_at=now if plan.is_active else None,
    )
    for name, value in revisions.columns(values).items():
        setattr(milestone, name, value)
    milestone.baseline_on, milestone.baseline_precision = (
        milestone.due_on,
        milestone.due_precision,
    )
    _check_values(milestone, values)
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
) -> bool:
    """Bring the named columns to `values`; False, and nothing written, when nothing differs.

    `version` is the one the reader saw. Raises Conflict, Forbidden, RuleBroken, Duplicate, PlanClosed, StateConflict.
    """
    record.expect(milestone, version)
    with transaction.atomic():
        changed, letters = _change(milestone, values, actor=actor, now=now, reason=reason, parties=parties)
        OutgoingMail.objects.bulk_create(letters)
    return changed


def assign(
    milestones: Iterable[Milestone],
    to: Person | None,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> int:
    """Make `to` accountable for each of them (None: nobody yet); how many changed. One mail to `to` lists them all."""
    with transaction.atomic():
        changed = [
            milestone
            for milestone in milestones
            if _change(
                milestone,
                {"accountable": to},
                actor=actor,
                now=now,
                reason=reason,
                quiet=True,
            )[0]
        ]
        OutgoingMail.objects.bulk_create(_duties(changed, to, actor, now, reason))
    return len(changed)


def hand_over(
    milestones: Iterable[Milestone],
    to: Person,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
) -> int:
    """`assign` from one person to another: a reason is needed. The old person's open reminders are suppressed by the
    sweep that follows, `to` gets one mail with all that is open, and the steps run from today."""
    if not reason.strip():
        raise RuleBroken(
            _("A hand-over needs a reason; say why in a sentence."),
            field="reason",
            code="reason_missing",
        )
    return assign(milestones, to, actor=actor, now=now, reason=reason)


def reschedule(
    milestone: Milestone,
    due: FuzzyDate,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
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
    return change(
        milestone,
        {"forecast": expected},
        actor=actor,
        now=now,
        reason=reason,
        version=version,
    )


def delete(milestone: Milestone, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Remove a milestone of a draft plan; elsewhere StateConflict: cancel it instead."""
    record.expect(milestone, version)
    access.require(actor, "milestone.delete", milestone)
    if not milestone.plan.is_draft:
        raise StateConflict(
            _("Only a draft plan's milestones can be deleted; cancel it instead."),
            code="cancel_instead",
        )
    with transaction.atomic():
        hold(milestone.plan)
        record.delete(milestone, actor=actor, verb="milestone.delete", now=now)


def _change(
    milestone: Milestone,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    reason: str,
    parties: Sequence[PartyInput] | None = None,
    quiet: bool = False,
) -> tuple[bool, list[OutgoingMail]]:
    _check_known(values)
    _check_plan_open(milestone.plan)
    before = revisions.Dates.of(milestone)
    old_owner = milestone.accountable_id
    touched = _touched(milestone, values)
    _check_rights(milestone, values, touched, parties, actor)
    _check_values(milestone, touched)
    _check_dates(milestone, touched, reason)
    columns, quietly = (
        revisions.columns(touched),
        revisions.consequences(milestone, touched, now),
    )
    if "due" in touched:
        columns["due_version"] = milestone.due_version + 1
    if "due" in touched and milestone.plan.is_draft:
        columns |= {
            "baseline_on": columns["due_on"],
            "baseline_precision": columns["due_precision"],
        }
    old_parties = sorted(_recorded_parties(milestone)) if parties is not None else []
    new_parties = sorted(p.recorded for p in parties) if parties is not None else []
    hold(milestone.plan)
    changed = record.update(
        milestone,
        columns,
        actor=actor,
        verb=_verb(touched, old_owner, parties),
        now=now,
        reason=reason,
        quietly=quietly,
        parts={"parties": (old_parties, new_parties)},
    )
    if not changed:
        return False, []
    if old_parties != new_parties:
        _write_parties(milestone, parties or ())
    if not milestone.plan.is_draft:
        revisions.write(milestone, before, actor=actor, now=now, reason=reason)
    if quiet or not milestone.plan.is_active:
        return True, []
    return True, _letters([milestone], before if "due" in touched else None, old_owner, actor, now, reason)


def _touched(milestone: Milestone, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(milestone, name) != value}


def _verb(touched: Mapping[str, Any], old_owner: Any, parties: object) -> str:
    if parties is None and set(touched) == {"accountable"}:
        return "milestone.hand_over" if old_owner and touched["accountable"] else "milestone.assign"
    if parties is None and set(touched) == {"due"}:
        return "milestone.reschedule"
    if parties is None and set(touched) == {"forecast"}:
        return "milestone.forecast"
    return "milestone.edit"


def _check_rights(
    milestone: Milestone,
    values: Mapping[str, Any],
    touched: Mapping[str, Any],
    parties: object,
    actor: Actor,
) -> None:
    special = {
        "due": "milestone.reschedule",
        "accountable": "milestone.assign",
        "forecast": "milestone.forecast",
    }
    asked = set(touched) or set(values)
    for verb in {special.get(name, "milestone.edit") for name in asked} | ({"milestone.edit"} if parties else set()):
        access.require(actor, verb, milestone)


def _check_known(values: Mapping[str, Any]) -> None:
    if unknown := sorted(set(values) - EDITABLE):
        raise UnknownField(_("There is no such field."), field=unknown[0])


def _check_plan_open(plan: Plan) -> None:
    if plan.state == "closed":
        raise PlanClosed


def _check_values(milestone: Milestone, values: Mapping[str, Any]) -> None:
    """Rules on single columns and on the rows they point to; each names its field."""
    if "title" in values and not str(values["title"]).strip():
        raise RuleBroken(_("A milestone needs a title."), field="title", code="missing")
    if "weight" in values and values["weight"] < 1:
        raise RuleBroken(
            _("The weight is a whole number of at least 1."),
            field="weight",
            code="weight",
        )
    if (stream := values.get("workstream")) and stream.plan_id != milestone.plan_id:
        raise RuleBroken(
            _("The workstream belongs to another plan."),
            field="workstream",
            code="other_plan",
        )
    if (person := values.get("accountable")) and not person.is_active:
        raise RuleBroken(
            _("This person is not active; choose another."),
            field="accountable",
            code="inactive",
        )
    if (lead := values.get("lead")) and not lead.is_active:
        raise RuleBroken(
            _("This organisation is not active; choose another."),
            field="lead",
            code="inactive",
        )
    if parent := values.get("parent"):
        _check_parent(milestone, parent)
    start, end = values.get("source_start"), values.get("source_end")
    if start is not None and end is not None and start >= end:
        raise RuleBroken(
            _("The source sentence ends before it starts."),
            field="source_end",
            code="span",
        )


def _check_parent(milestone: Milestone, parent: Milestone) -> None:
    if parent.plan_id != milestone.plan_id:
        raise RuleBroken(
            _("The parent milestone belongs to another plan."),
            field="parent",
            code="other_plan",
        )
    above: Milestone | None = parent
    while above is not None:
        if above.pk == milestone.pk:
            raise RuleBroken(
                _("A milestone cannot stand below itself."),
                field="parent",
                code="cycle",
            )
        above = above.parent


def _check_dates(milestone: Milestone, touched: Mapping[str, Any], reason: str) -> None:
    if "due" in touched and touched["due"] is None:
        raise RuleBroken(_("A milestone needs a due date."), field="due", code="missing")
    moved = {"due", "forecast"} & set(touched)
    if not moved or milestone.plan.is_draft:
        return
    if not reason.strip():
        raise ReasonMissing(field="reason")
    if milestone.state in CLOSED_STATES or ("due" in moved and milestone.state == State.SUBMITTED):
        raise StateConflict(
            _("This milestone is %(state)s; its dates do not move.") % {"state": milestone.get_state_display()},
            field=min(moved),
        )


def _recorded_parties(milestone: Milestone) -> list[list[str | None]]:
    rows = milestone.parties.values_list("role", "organisation_id", "person_id")
    return [[role, str(organisation), str(person) if person else None] for role, organisation, person in rows]


def _write_parties(milestone: Milestone, parties: Sequence[PartyInput]) -> None:
    milestone.parties.all().delete()
    rows = [
        Party(
            milestone=milestone,
            role=p.role,
            organisation=p.organisation,
            person=p.person,
        )
        for p in parties
    ]
    Party.objects.bulk_create(rows)


def _letters(
    milestones: list[Milestone],
    before: revisions.Dates | None,
    old_owner: Any,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> list[OutgoingMail]:
    """What the accountable person must hear about this change at once; nobody is told of what they did themselves."""
    milestone = milestones[0]
    if milestone.accountable_id and milestone.accountable_id != old_owner:
        return _duties(milestones, milestone.accountable, actor, now, reason)
    person = milestone.accountable
    if before is None or person is None or not person.is_active or person == actor.person:
        return []
    return [catalogue.rescheduled(person, milestone, before.due, reason=reason, now=now)]


def _duties(
    milestones: list[Milestone],
    to: Person | None,
    actor: Actor,
    now: datetime,
    reason: str,
) -> list[OutgoingMail]:
    shown = [m for m in milestones if m.plan.is_active and m.is_open]
    if not shown or to is None or to == actor.person:
        return []
    return [catalogue.duties(to, shown, reason=reason, now=now)]
