"""Does a row that would change something keep every rule that the verbs keep?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from msgspec import UNSET

from milestones import access, marking
from milestones.actors import Actor
from milestones.changes import fitting, guard
from milestones.errors import DomainError, RuleBroken
from milestones.models import Milestone, Organisation, Person
from milestones.planning import given, operations, revisions, rules
from milestones.planning.operations import PartyInput
from milestones.planning.staying import INACTIVE
from milestones.workdays.periods import FuzzyDate

from .lookups import Lookups
from .made import Blank
from .writes import Candidate, Write

NEEDED = ("workstream", "title", "kind", "due")
ONE_LINE = ("code", "title", "title_en", "stage")
RELATIONS = {"workstream": "workstream_id", "accountable": "accountable_id", "lead": "lead_id", "parent": "parent_id"}
OF_A_SPAN = ("source_start", "source_end")


def missing(candidate: Candidate) -> list[DomainError]:
    """What a new milestone needs and the row does not say."""
    names = [name for name in NEEDED if candidate.names.get(name) in (None, "")]
    return [RuleBroken(_("This is needed."), field=name, code="missing") for name in names]


def create(candidate: Candidate, blank: Blank, lookups: Lookups, *, actor: Actor, now: datetime) -> Write:
    """The new milestone that the row makes, without its parent: that may be made by another row."""
    values = _values(candidate, lookups)
    columns = _columns(values)
    milestone = blank.filled(columns)
    rules.check_values(milestone, values)
    access.require(actor, "milestone.create", milestone)
    rules.check_plan_open(candidate.plan)
    parties = _parties(candidate, lookups) or ()
    rules.check_reach(milestone, parties, actor)
    write = Write.of(candidate, milestone, values, parties)
    _check_texts(write, columns, actor, now)
    return write


def change(
    candidate: Candidate, milestone: Milestone, lookups: Lookups, *, actor: Actor, now: datetime
) -> Write | None:
    """What the row changes of `milestone` beside its parent; None when nothing differs after all."""
    values = _values(candidate, lookups)
    touched = {name: value for name, value in values.items() if _differs(milestone, name, value)}
    parties = _parties(candidate, lookups)
    write = Write.of(candidate, milestone, touched, parties)
    if not touched and not write.parts and "parent" not in candidate.names:
        return None
    rules.check_plan_open(candidate.plan)
    _check_rights(write, actor)
    rules.check_values(milestone, touched)
    rules.check_dates(milestone, touched, write.reason)
    settle(write)
    _check_texts(write, write.columns, actor, now)
    return write


def settle(write: Write) -> None:
    """The columns that follow from what is touched, and the verb's name."""
    touched, milestone = write.touched, write.milestone
    columns = _columns(touched)
    if "due" in touched:
        columns["due_version"] = milestone.due_version + 1
    if "due" in touched and write.plan.is_draft:
        columns |= {"baseline_on": columns["due_on"], "baseline_precision": columns["due_precision"]}
    more = True if _speaks_of_parties(write) or write.candidate.refs else None
    write.columns, write.verb = columns, operations.verb_of(milestone, touched, more)


def _speaks_of_parties(write: Write) -> bool:
    return write.candidate.row.parties is not UNSET


def _values(candidate: Candidate, lookups: Lookups) -> dict[str, Any]:
    """What the row says, as verbs take it. Raises RuleBroken at the field."""
    values: dict[str, Any] = {}
    for name, value in candidate.names.items():
        match name:
            case "workstream":
                values[name] = lookups.stream(candidate.plan, value)
            case "accountable":
                values[name] = lookups.person(value, name)
            case "lead":
                values[name] = lookups.unit(value, name)
            case "due" | "forecast":
                values[name] = _date(name, value.on, value.precision) if value else None
            case "source_span":
                values["source_start"], values["source_end"] = value or (None, None)
            case "parent":
                pass
            case _:
                _check_line(name, value)
                values[name] = value
    return values


@lru_cache(maxsize=4096)
def _date(name: str, on: date, precision: str) -> FuzzyDate:
    try:
        return given.date_of(on, precision, field=f"{name}.on")
    except RuleBroken as error:
        error.field = f"{name}.precision" if error.code == "precision" else error.field
        raise


def _check_line(name: str, value: Any) -> None:
    if name in ONE_LINE and ("\n" in value or "\r" in value):
        raise RuleBroken(_("A text of one line is expected."), field=name, code="lines")
    if name == "code" and not value:
        raise RuleBroken(_("This is needed."), field=name, code="missing")


def _parties(candidate: Candidate, lookups: Lookups) -> list[PartyInput] | None:
    if not candidate.with_parties:
        return None
    found = [lookups.party(row, place) for place, row in enumerate(candidate.row.parties or ())]
    rules.check_parties([party.recorded for party in found])
    for party in found:
        if party.recorded not in candidate.old_parties:
            _check_active(party.organisation)
            _check_active(party.person)
    return found


def _check_active(row: Person | Organisation | None) -> None:
    if row is not None and not row.is_active:
        raise RuleBroken(INACTIVE[type(row)], field="parties", code="inactive")


def _check_rights(write: Write, actor: Actor) -> None:
    """What a client sees is within its reach: then only its scopes are asked for, without a query a row."""
    names = set(write.touched) | ({"parent"} & write.candidate.names.keys())
    about = write.milestone if actor.person is not None else None
    more = _speaks_of_parties(write) or write.candidate.refs is not None
    for verb in rules.rights_for(names, more):
        access.require(actor, verb, about)


def _check_texts(write: Write, columns: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Lengths, bounds, choices, and no classification marking, as `record` asks before each write."""
    new_parts = {name: new for name, (_old, new) in write.parts.items()} if write.parts else {}
    try:
        fitting.check(Milestone, columns, write.reason)
        fitting.check_code(columns)
        if marking.may_hold([*columns.values(), write.reason, list(new_parts.values())]):
            guard.check_row(write.milestone, columns, new_parts, write.reason, actor, now)
    except RuleBroken as error:
        if error.field in OF_A_SPAN:
            error.field = "source_span"
        raise


def _differs(milestone: Milestone, name: str, value: Any) -> bool:
    if name in RELATIONS:
        return bool(getattr(milestone, RELATIONS[name]) != (value.pk if value else None))
    return bool(getattr(milestone, name) != value)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """By attribute name: `lead_id` instead of `lead`."""
    columns = revisions.columns(values)
    for name in RELATIONS.keys() & columns.keys():
        row = columns.pop(name)
        columns[RELATIONS[name]] = row.pk if row else None
    return columns
