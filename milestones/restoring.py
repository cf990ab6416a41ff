"""Which values of an entry of history can be put back, and how? By the verb that writes them, as a new change.

State, baseline, health and whatever else follows from a step of the object's life have verbs of their own, and are
not put back here; nor is what history keeps masked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from milestones.actors import Actor
from milestones.changes import record
from milestones.changes.readable import Difference, read
from milestones.errors import RuleBroken
from milestones.models import ChangeEntry, Op, Organisation, Person
from milestones.models.base import Versioned, date_of, dates_of, fuzzy
from milestones.people import delegations, organisations
from milestones.people import operations as people
from milestones.planning import operations, plans
from milestones.reminders import policies
from milestones.targets import operations as targets


@dataclass(frozen=True)
class Way:
    """The verb that edits a kind of object, the columns it writes, and whether it keeps a reason."""

    verb: Callable[..., Any]
    columns: Collection[str]
    says_why: bool = False
    parts: Collection[str] = ()  # rows of the object that the verb takes as a whole, by the name that history has


WAYS: Mapping[str, Way] = {
    "milestone": Way(operations.change, operations.EDITABLE, says_why=True, parts=("parties",)),
    "target": Way(targets.edit, targets.EDITABLE),
    "plan": Way(plans.edit, plans.EDITABLE),
    "workstream": Way(plans.edit_workstream, plans.STREAM_EDITABLE),
    "organisation": Way(organisations.edit, organisations.EDITABLE, says_why=True),
    "person": Way(people.edit, people.EDITABLE, parts=("roles",)),
    "delegation": Way(delegations.edit, delegations.EDITABLE),
    "reminderpolicy": Way(policies.edit, policies.EDITABLE),
}
GONE = _("What this named then is no longer here; choose another on the page of the object.")


def restorable(entry: ChangeEntry) -> list[str]:
    """The values of which the entry tells what stood before, and that a verb writes; a date's two columns are one."""
    way = WAYS.get(entry.entity)
    if way is None or entry.op != Op.UPDATE:
        return []
    named = {name: column for column in entry.changes if (name := _name(entry.entity, column))}
    open_to = {*way.columns, *way.parts}
    return sorted(name for name, column in named.items() if name in open_to and not _is_masked(entry.changes[column]))


def comparison(obj: Versioned, entry: ChangeEntry, names: Collection[str]) -> dict[str, Difference]:
    """By name: the value as it is now, and as it was before the entry; without those that are so already."""
    changes = {column: [_now(obj, column), entry.changes[column][0]] for column in _columns(entry, names)}
    changes = {column: pair for column, pair in changes.items() if pair[0] != pair[1] or date_of(type(obj), column)}
    imagined = ChangeEntry(entity=entry.entity, object_id=obj.pk, op=Op.UPDATE, verb=entry.verb, changes=changes)
    (change,) = read([imagined])
    return {one.name: one for one in change.differences if one.old != one.new}


def put_back(
    obj: Any,
    entry: ChangeEntry,
    names: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Give `names` the values they had before `entry`: a new change by the object's own verb, with all its rules.

    Raises RuleBroken (nothing chosen, not to be put back, what it named is gone, it is so already) and what the verb
    raises.
    """
    if (entry.entity, entry.object_id) != (obj._meta.model_name, obj.pk) or set(names) - set(restorable(entry)):
        raise RuleBroken(_("This is not put back: it follows from a step that has its own way back."), field="names")
    if not names:
        raise RuleBroken(_("Choose at least one value."), field="names", code="missing")
    way, before = WAYS[entry.entity], {name: _before(entry, name) for name in names}
    given: dict[str, Any] = {name: before.pop(name) for name in way.parts if name in before}
    given |= {"reason": reason} if way.says_why else {}
    if not way.verb(obj, before, version=version, actor=actor, now=now, **given):
        raise RuleBroken(_("This is so already; nothing was changed."), field="names", code="same")


def _name(entity: str, column: str) -> str:
    """What the verbs call a recorded column: `lead_id` is the lead, `due_on` the due."""
    model = apps.get_model("milestones", entity)
    if date := date_of(model, column):
        return date
    if column in WAYS[entity].parts:
        return column
    return next((field.name for field in model._meta.concrete_fields if field.attname == column), "")


def _columns(entry: ChangeEntry, names: Collection[str]) -> list[str]:
    return [column for column in entry.changes if _name(entry.entity, column) in names]


def _is_masked(pair: Sequence[Any]) -> bool:
    return record.MASK in pair


def _now(obj: Any, column: str) -> Any:
    """As history would record it."""
    if column == "parties":
        rows = obj.parties.order_by("role", "organisation_id", "person_id")
        return [[p.role, str(p.organisation_id), str(p.person_id) if p.person_id else None] for p in rows]
    return sorted(obj.roles) if column == "roles" else record.plain(getattr(obj, column))


def _before(entry: ChangeEntry, name: str) -> Any:
    """The value as the verb takes it."""
    model: Any = apps.get_model("milestones", entry.entity)
    if name in dates_of(model).values():
        on, precision = (entry.changes[f"{name}_{half}"][0] for half in ("on", "precision"))
        return fuzzy(on and date.fromisoformat(on), precision)
    if name == "parties":
        return [_party(*party) for party in entry.changes[name][0] or []]
    if name == "roles":
        return entry.changes[name][0] or []
    field: Any = model._meta.get_field(name)
    value = entry.changes[field.attname][0]
    if field.related_model:
        return None if value is None else _row(field.related_model, value, name)
    try:
        return field.to_python(value)
    except ValidationError as error:
        raise RuleBroken(_("This value no longer fits its field."), field="names", code="unfit") from error


def _row(model: Any, pk: Any, name: str) -> Any:
    found = model._default_manager.filter(pk=pk).first()
    if found is None:
        raise RuleBroken(GONE, field="names", code="gone")
    return found


def _party(role: str, unit: str, person: str | None) -> operations.PartyInput:
    who = _row(Person, person, "parties") if person else None
    return operations.PartyInput(role, _row(Organisation, unit, "parties"), who)
