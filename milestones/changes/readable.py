"""How is a change entry read by people? Column names, ids and codes become words, fuzzy dates stay fuzzy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import wording
from milestones.models import ChangeEntry, Organisation, PartyRole, Person, Role
from milestones.workdays.periods import FuzzyDate, Precision

PARTS: dict[str, Any] = {
    "roles": gettext_lazy("roles"),
    "parties": gettext_lazy("parties"),
    "steps": gettext_lazy("steps"),
}
NOT_SHOWN = {"due_version", "is_demo", "deactivated_at", "activated_at", "closed_at"}

VERBS: dict[str, Any] = {
    "create": gettext_lazy("created"),
    "edit": gettext_lazy("edited"),
    "delete": gettext_lazy("deleted"),
    "assign": gettext_lazy("assigned"),
    "hand_over": gettext_lazy("handed over"),
    "reschedule": gettext_lazy("rescheduled"),
    "forecast": gettext_lazy("forecast given"),
    "start": gettext_lazy("started"),
    "submit": gettext_lazy("submitted"),
    "verify": gettext_lazy("verified"),
    "return": gettext_lazy("returned"),
    "reopen": gettext_lazy("reopened"),
    "cancel": gettext_lazy("cancelled"),
    "activate": gettext_lazy("activated"),
    "close": gettext_lazy("closed"),
    "deactivate": gettext_lazy("deactivated"),
    "reactivate": gettext_lazy("reactivated"),
    "set_password": gettext_lazy("password set"),
    "set_preferences": gettext_lazy("preferences set"),
    "mute": gettext_lazy("digest muted"),
    "record": gettext_lazy("reading recorded"),
    "attach": gettext_lazy("evidence attached"),
    "declare": gettext_lazy("declared"),
    "withdraw": gettext_lazy("withdrawn"),
}


@dataclass(frozen=True)
class Difference:
    """One value before and after; the empty text where there was or is none."""

    label: str
    old: str
    new: str
    is_fuzzy: bool = False


@dataclass(frozen=True)
class Change:
    entry: ChangeEntry
    verb: str
    who: str
    differences: list[Difference] = field(default_factory=list)


def verb_words(verb: str) -> str:
    """`milestone.hand_over` → “handed over”; an unknown verb is shown as it is."""
    return str(VERBS.get(verb.rpartition(".")[2], verb))


def describe(entries: Sequence[ChangeEntry]) -> list[Change]:
    """The entries of one object, from its first on, in words; two queries or so, however many entries there are."""
    if not entries:
        return []
    model = apps.get_model("milestones", entries[0].entity)
    names = _Names(model, entries)
    known: dict[str, Any] = {}
    return [_change(model, entry, known, names) for entry in entries]


def column_label(model: type[models.Model], column: str) -> str:
    """The name people know a column by; `due_precision` and `due_on` are both “due”."""
    if column in PARTS:
        return str(PARTS[column])
    base = _date_of(column)
    found = next((f for f in model._meta.concrete_fields if f.attname == (f"{base}_on" if base else column)), None)
    return str(found.verbose_name) if found is not None else column


def _change(model: type[models.Model], entry: ChangeEntry, known: dict[str, Any], names: _Names) -> Change:
    before = dict(known)
    known |= {column: pair[1] for column, pair in entry.changes.items()}
    shown: dict[str, Difference] = {}
    for column in _ordered(model, entry.changes):
        name = _date_of(column) or column
        shown.setdefault(name, _difference(model, name, column, entry.changes, before, known, names))
    return Change(entry, verb_words(entry.verb), names.who(entry), list(shown.values()))


def _ordered(model: type[models.Model], changes: Mapping[str, Any]) -> list[str]:
    """The columns to show in the model's order (databases keep a JSON object's keys in orders of their own)."""
    place = {column.attname: number for number, column in enumerate(model._meta.concrete_fields)}
    return sorted((c for c in changes if c not in NOT_SHOWN), key=lambda c: (place.get(c, len(place)), c))


def _difference(
    model: type[models.Model],
    name: str,
    column: str,
    changes: Mapping[str, Any],
    before: Mapping[str, Any],
    known: Mapping[str, Any],
    names: _Names,
) -> Difference:
    label = column_label(model, column)
    if name != column:
        old, new = _fuzzy(name, {**before, **{c: p[0] for c, p in changes.items()}}), _fuzzy(name, known)
        return Difference(label, _say(old), _say(new), any(d is not None and d.is_fuzzy for d in (old, new)))
    old, new = changes[column]
    if column == "password":
        return Difference(label, "•••" if old else "", "•••")
    return Difference(label, names.words(model, column, old), names.words(model, column, new))


def _date_of(column: str) -> str:
    """`due` for `due_on` and `due_precision`, empty for every other column."""
    base, _cut, end = column.rpartition("_")
    return base if end in ("on", "precision") and base in ("due", "forecast", "actual", "baseline") else ""


def _fuzzy(name: str, values: Mapping[str, Any]) -> FuzzyDate | None:
    on, precision = str(values.get(f"{name}_on") or ""), values.get(f"{name}_precision") or "day"
    try:
        return FuzzyDate(date.fromisoformat(on), Precision(precision)) if on else None
    except ValueError:  # an entry without its predecessors does not know the precision
        return FuzzyDate(date.fromisoformat(on))


def _say(value: FuzzyDate | None) -> str:
    return wording.period_with_day(value) if value else ""


class _Names:
    """What the ids in some entries are called now: one query for each kind of row."""

    def __init__(self, model: type[models.Model], entries: Iterable[ChangeEntry]) -> None:
        wanted: dict[type[models.Model], set[str]] = defaultdict(set)
        relations = {f.attname: f.related_model for f in model._meta.concrete_fields if f.related_model}
        for entry in entries:
            if entry.actor_id:
                wanted[Person].add(str(entry.actor_id))
            for column, pair in entry.changes.items():
                if column in relations:
                    wanted[relations[column]] |= {value for value in pair if value}
                elif column == "parties":
                    for _role, organisation, person in (party for value in pair for party in value or []):
                        wanted[Organisation].add(organisation)
                        wanted[Person] |= {person} if person else set()
        self.found = {
            (kind, str(pk)): str(obj)
            for kind, ids in wanted.items()
            for pk, obj in kind._default_manager.in_bulk(ids).items()
        }

    def who(self, entry: ChangeEntry) -> str:
        """The name as long as the person is here, then the role that history keeps."""
        name = self.found.get((Person, str(entry.actor_id))) if entry.actor_id else None
        return name or entry.client or entry.actor_label

    def words(self, model: type[models.Model], column: str, value: Any) -> str:
        if value in (None, "", []):
            return ""
        if column == "roles":
            return ", ".join(str(Role(role).label) for role in value if role in Role.values)
        if column == "parties":
            return "; ".join(self._party(*party) for party in value)
        found = next((f for f in model._meta.concrete_fields if f.attname == column), None)
        return str(value) if found is None else self._column(found, value)

    def _column(self, column: models.Field, value: Any) -> str:
        if column.related_model:
            return self.found.get((column.related_model, str(value)), _("(deleted)"))
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(column, models.DateTimeField):
            return moment(parse_datetime(value))
        if isinstance(column, models.DateField):
            return wording.day(date.fromisoformat(value))
        return str(value)

    def _party(self, role: str, organisation: str, person: str | None) -> str:
        unit = self.found.get((Organisation, organisation), _("(deleted)"))
        name = f" ({self.found.get((Person, person), _('(deleted)'))})" if person else ""
        return f"{PartyRole(role).label}: {unit}{name}"


def moment(value: datetime | None) -> str:
    """An instant on the reader's clock, to the minute."""
    return date_format(timezone.localtime(value), "Y-m-d H:i") if value else ""
