"""What changed, in words: who did what when, and each difference from old to new?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import wording
from milestones.models import ChangeEntry, DateRevision, Op, Organisation, PartyRole, Person
from milestones.models.base import PrecisionChoices, fuzzy
from milestones.web.presenters import words

VERBS = {
    "milestone.create": gettext_lazy("Created"),
    "milestone.edit": gettext_lazy("Edited"),
    "milestone.assign": gettext_lazy("Owner named"),
    "milestone.hand_over": gettext_lazy("Handed over"),
    "milestone.reschedule": gettext_lazy("Due date moved"),
    "milestone.forecast": gettext_lazy("Forecast given"),
    "milestone.start": gettext_lazy("Work begun"),
    "milestone.submit": gettext_lazy("Submitted as done"),
    "milestone.verify": gettext_lazy("Verified"),
    "milestone.return": gettext_lazy("Returned"),
    "milestone.reopen": gettext_lazy("Reopened"),
    "milestone.cancel": gettext_lazy("Cancelled"),
    "evidence.attach": gettext_lazy("Evidence attached"),
    "plan.create": gettext_lazy("Plan created"),
    "plan.edit": gettext_lazy("Plan edited"),
    "plan.activate": gettext_lazy("Plan activated"),
    "plan.close": gettext_lazy("Plan closed"),
    "target.create": gettext_lazy("Target created"),
    "target.edit": gettext_lazy("Target edited"),
    "target.record": gettext_lazy("Reading recorded"),
    "workstream.create": gettext_lazy("Workstream created"),
    "workstream.edit": gettext_lazy("Workstream edited"),
}
# Told by the verb, by its reason or by the columns beside them.
HIDDEN = {
    "baseline",
    "due_version",
    "statement",
    "submitted_at",
    "verified_at",
    "submitted_by_id",
    "verified_by_id",
    "activated_at",
    "closed_at",
}
PLAIN_CREATION = {"evidence": ("title",), "reading": ("target_id", "as_of", "value")}
DATES = ("baseline", "due", "forecast", "actual")
Revisions = dict[tuple[Any, str, datetime], DateRevision]
LONG = 60


@dataclass(frozen=True)
class Difference:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """`by` says who and by which way in."""

    at: datetime
    by: str
    what: str
    reason: str
    differences: list[Difference]
    entity: str
    object_id: Any
    milestone_id: Any


def read(entries: Sequence[ChangeEntry], *, year: int) -> list[Change]:
    """The entries in words; names behind ids are looked up once a kind, whatever the number of entries."""
    names, revisions = _names(entries), _revisions(entries)
    return [_change(entry, names, revisions, year) for entry in entries]


def _differences(entry: ChangeEntry, names: dict[str, str], revisions: Revisions, year: int) -> list[Difference]:
    """Each changed column with its label; a date and its precision are one value."""
    entity, changes = entry.entity, _shown(entry)
    found: dict[str, Difference] = {}
    for column, (old, new) in changes.items():
        name = next((d for d in DATES if column in (f"{d}_on", f"{d}_precision")), column)
        if name in HIDDEN or name in found:
            continue
        if name in DATES and entity == "milestone":
            revision = revisions.get((entry.object_id, name, entry.at))
            old, new = (_date(changes, revision, name, side, year) for side in (0, 1))
        found[name] = Difference(
            _label(entity, name), _value(entity, name, old, names), _value(entity, name, new, names)
        )
    return list(found.values())


def _change(entry: ChangeEntry, names: dict[str, str], revisions: Revisions, year: int) -> Change:
    milestone = entry.object_id if entry.entity == "milestone" else entry.changes.get("milestone_id", [None, None])[1]
    found = _differences(entry, names, revisions, year)
    if entry.op == Op.CREATE:
        found = [Difference(difference.label, "", difference.new) for difference in found]
    return Change(
        at=entry.at,
        by=words.by(entry.actor_label, entry.via),
        what=str(VERBS.get(entry.verb, entry.get_op_display())),
        reason=entry.reason,
        differences=found,
        entity=entry.entity,
        object_id=entry.object_id,
        milestone_id=str(milestone) if milestone else None,
    )


def _shown(entry: ChangeEntry) -> dict[str, list[Any]]:
    """Of a creation only what tells one from another."""
    if entry.op != Op.CREATE:
        return entry.changes
    names = PLAIN_CREATION.get(entry.entity, ())
    return {name: pair for name, pair in entry.changes.items() if name in names}


def _revisions(entries: Iterable[ChangeEntry]) -> Revisions:
    """The date history of what moved: an entry holds only the columns that changed, which may lack the precision."""
    moved = [entry for entry in entries if entry.entity == "milestone" and entry.op == Op.UPDATE]
    moments = {entry.at for entry in moved if any(f"{name}_on" in entry.changes for name in DATES)}
    if not moments:
        return {}
    found = DateRevision.objects.filter(milestone_id__in={entry.object_id for entry in moved}, at__in=moments)
    return {(row.milestone_id, row.which, row.at): row for row in found}


def _date(changes: dict[str, list[Any]], revision: DateRevision | None, name: str, side: int, year: int) -> str | None:
    """From the date history; where there is none (a draft), by what the entry itself knows."""
    if revision is not None:
        value = (revision.old, revision.new)[side]
        return wording.period(value, year=year) if value else None
    on = changes.get(f"{name}_on", [None, None])[side]
    precision = changes.get(f"{name}_precision", [None, None])[side]
    if on and precision:
        return wording.period(fuzzy(date.fromisoformat(on), precision), year=year)  # type: ignore[arg-type]
    if on:
        return wording.day(date.fromisoformat(on), year=year)
    return _precision(precision)


def _precision(code: str | None) -> str | None:
    return str(PrecisionChoices(code).label) if code else None


def _field(entity: str, column: str) -> Any:
    """The model's field of a recorded column; None for parts such as parties."""
    model = apps.get_model("milestones", entity)
    return next((field for field in model._meta.concrete_fields if column in (field.attname, field.name)), None)


def _label(entity: str, name: str) -> str:
    if name == "parties":
        return _("parties")
    field = _field(entity, f"{name}_on" if name in DATES and entity == "milestone" else name)
    return str(field.verbose_name) if field else name


def _value(entity: str, name: str, value: Any, names: dict[str, str]) -> str:
    if value in (None, "", []):
        return _("none")
    if name == "parties":
        return _(", ").join(_party(row, names) for row in value)
    field = _field(entity, name)
    if field is not None and field.is_relation:
        return names.get(str(value), str(value))
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    text = str(value)
    return text if len(text) <= LONG else text[:LONG] + "…"


def _party(row: list[Any], names: dict[str, str]) -> str:
    role, organisation, person = row
    said = [str(PartyRole(role).label), names.get(str(organisation), "")]
    return " ".join([*said, names[str(person)]] if person and str(person) in names else said)


def _names(entries: Iterable[ChangeEntry]) -> dict[str, str]:
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    for entry in entries:
        for column, pair in entry.changes.items():
            if column == "parties":
                _of_parties(pair, wanted)
            elif (field := _field(entry.entity, column)) is not None and field.is_relation:
                wanted[field.related_model].update(value for value in pair if value)
    return {
        str(found.pk): str(found)
        for model, ids in wanted.items()
        for found in model._default_manager.filter(pk__in=ids)
    }


def _of_parties(pair: list[Any], wanted: dict[type[Model], set[Any]]) -> None:
    for _role, organisation, person in (row for side in pair for row in side or []):
        wanted[Organisation].add(organisation)
        if person:
            wanted[Person].add(person)
