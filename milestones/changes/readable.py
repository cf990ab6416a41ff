"""How is a change entry read by people? Column names, ids and codes become words, fuzzy dates stay fuzzy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones import reasons, wording
from milestones.models import ChangeEntry, Comment, Op, Organisation, Person, Plan
from milestones.models.base import date_of, fuzzy
from milestones.workdays.periods import FuzzyDate

from . import health_words, labels, parts, steps, verbs
from .behalf import on_behalf

# Columns of an API client that hold a list of ids.
REACH: Mapping[str, type[models.Model]] = {"plans": Plan, "organisations": Organisation}
# Follows from the columns beside it, or is nobody's to read; a milestone may have been carried over into a draft.
NOT_SHOWN = frozenset({"due_version", "is_demo", "deactivated_at", "activated_at", "closed_at", "carried_to"})


@dataclass(frozen=True)
class Manner:
    """What a page wants to be told, and how: `say` words a date, `nothing` an empty value.

    `of_new` has the columns that the creation of each kind of object tells, None all; text longer than `longest` is
    cut; `names_people` says who did it by name as long as that person is here, else as history keeps it.
    """

    say: Callable[[FuzzyDate], str] = wording.period_with_day
    hidden: Collection[str] = NOT_SHOWN
    of_new: Mapping[str, Collection[str]] | None = None
    longest: int | None = None
    nothing: str = ""
    names_people: bool = True


@dataclass(frozen=True)
class Difference:
    """One value before and after; what a creation replaces is the empty text. `name` is what its verb calls it."""

    label: str
    old: str
    new: str
    name: str = field(default="", compare=False)


@dataclass(frozen=True)
class Change:
    entry: ChangeEntry
    verb: str
    who: str
    label: str  # what history keeps of whoever it was
    differences: list[Difference] = field(default_factory=list)


def read(entries: Sequence[ChangeEntry], manner: Manner | None = None) -> list[Change]:
    """The entries, of whatever objects, in words; one query for each kind of row they name, however many they are."""
    reading = _Reading(entries, manner or Manner())
    return [reading.change(entry) for entry in entries]


def columns(entry: ChangeEntry) -> list[str]:
    """What an entry changed, by the names people know; a date's two columns are one."""
    model, found = apps.get_model("milestones", entry.entity), _shown(entry, Manner())
    return list(dict.fromkeys(_label(model, column) for column in found))


def _shown(entry: ChangeEntry, manner: Manner) -> list[str]:
    """The columns to tell, in the model's order (databases keep a JSON object's keys in orders of their own)."""
    model = apps.get_model("milestones", entry.entity)
    place = {column.attname: number for number, column in enumerate(model._meta.concrete_fields)}
    told = [name for name in entry.changes if name not in manner.hidden]
    if entry.op == Op.CREATE and manner.of_new is not None:
        told = [name for name in told if name in manner.of_new.get(entry.entity, ())]
    return sorted(told, key=lambda name: (place.get(name, len(place)), name))


def _field(model: type[models.Model], column: str) -> Any:
    """The model's field of a recorded column; None for parts such as parties."""
    return next((f for f in model._meta.concrete_fields if f.attname == column), None)


def _label(model: type[models.Model], column: str) -> str:
    """`due_precision` and `due_on` are both “due”."""
    if column in parts.LABELS:
        return str(parts.LABELS[column])
    name = date_of(model, column)
    found = _field(model, f"{name}_on" if name else column)
    return str(found.verbose_name) if found is not None else column


def _withdrawn(comments: Iterable[Any]) -> set[Any]:
    wanted = set(comments)
    if not wanted:
        return set()
    return set(Comment.objects.filter(pk__in=wanted, withdrawn_at__isnull=False).values_list("pk", flat=True))


class _Reading:
    """Some entries, with what the ids in them are called now."""

    def __init__(self, entries: Sequence[ChangeEntry], manner: Manner) -> None:
        self.manner = manner
        wanted: dict[type[models.Model], set[str]] = defaultdict(set)
        for entry in entries:
            self._want(entry, wanted)
        self.withdrawn = _withdrawn(entry.object_id for entry in entries if entry.entity == "comment")
        self.names = {
            (model, str(pk)): str(row)
            for model, ids in wanted.items()
            for pk, row in model._default_manager.in_bulk(ids).items()
        }

    def _want(self, entry: ChangeEntry, wanted: dict[type[models.Model], set[str]]) -> None:
        if entry.actor_id and self.manner.names_people:
            wanted[Person].add(str(entry.actor_id))
        model = apps.get_model("milestones", entry.entity)
        for column in _shown(entry, self.manner):
            pair, found = entry.changes[column], _field(model, column)
            if found is not None and found.related_model:
                wanted[found.related_model] |= {value for value in pair if value}
            elif column in REACH:
                wanted[REACH[column]] |= {row for side in pair for row in side or []}
            elif column == "mentions":
                wanted[Person] |= {person for side in pair for person in side or []}
            elif column == "parties":
                for _role, unit, person in (party for side in pair for party in side or []):
                    wanted[Organisation].add(unit)
                    wanted[Person] |= {person} if person else set()

    def change(self, entry: ChangeEntry) -> Change:
        model = apps.get_model("milestones", entry.entity)
        differences: dict[str, Difference] = {}
        for column in _shown(entry, self.manner):
            name = date_of(model, column) or column
            if name not in differences and not self._silent(entry, column):
                differences[name] = self._difference(entry, model, column)
        by = self._who(entry), labels.who(entry.actor_label)
        return Change(entry, verbs.words(entry.verb), *by, list(differences.values()))

    def _silent(self, entry: ChangeEntry, column: str) -> bool:
        """The text of a comment that was withdrawn is shown no more, here neither."""
        return column == "text" and entry.object_id in self.withdrawn

    def _difference(self, entry: ChangeEntry, model: type[models.Model], column: str) -> Difference:
        old, new = (self._side(entry, model, column, side) or self.manner.nothing for side in (0, 1))
        found = _field(model, column)
        name = date_of(model, column) or (found.name if found is not None else column)
        return Difference(_label(model, column), "" if entry.op == Op.CREATE else old, new, name)

    def _side(self, entry: ChangeEntry, model: type[models.Model], column: str, side: int) -> str:
        """The value before (0) or after (1); empty for none."""
        name, empty = date_of(model, column), [None, None]
        if name:
            on, precision = (entry.changes.get(f"{name}_{half}", empty)[side] for half in ("on", "precision"))
            value = fuzzy(on and date.fromisoformat(on), precision)
            return self.manner.say(value) if value else ""
        here, there = entry.changes[column][side], entry.changes[column][1 - side]
        if column in ("steps", "tokens"):  # only those that came, went or changed
            here = [row for row in here or [] if row not in (there or [])]
        return self._words(model, column, here)

    def _words(self, model: type[models.Model], column: str, value: Any) -> str:
        if value in (None, "", []):
            return ""
        if column in parts.LABELS:
            return value if isinstance(value, str) else _(", ").join(self._part(column, row) for row in value)
        found = _field(model, column)
        return str(value) if found is None else self._value(found, value)

    def _part(self, name: str, row: Any) -> str:
        match name:
            case "parties":
                role, unit, person = row
                return parts.party(role, self._name(Organisation, unit), person and self._name(Person, person))
            case "steps":
                return steps.words(row)
            case "mentions":
                return self._name(Person, row)
            case "external_refs":
                return ":".join(row)
            case "tokens":
                return parts.token(*row)
        return parts.role(row)

    def _value(self, column: models.Field, value: Any) -> str:
        if column.related_model:
            return self._name(column.related_model, value)
        if column.attname == "health_reason":
            return health_words.reason(value)
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            named = REACH.get(column.attname)
            return _(", ").join(self._name(named, pk) if named else str(pk) for pk in value)
        if isinstance(column, models.DateTimeField):
            at = parse_datetime(value)
            return date_format(timezone.localtime(at), "Y-m-d H:i") if at else ""
        if isinstance(column, models.DateField):
            return self.manner.say(FuzzyDate(date.fromisoformat(value)))
        return self._cut(reasons.said(str(value)))

    def _cut(self, text: str) -> str:
        longest = self.manner.longest
        return text if longest is None or len(text) <= longest else text[:longest] + "…"

    def _name(self, model: Any, pk: Any) -> str:
        return self.names.get((model, str(pk)), _("(deleted)"))

    def _who(self, entry: ChangeEntry) -> str:
        """A client's own name stands for whoever used it."""
        name = self.names.get((Person, str(entry.actor_id))) if self.manner.names_people else None
        said = name or entry.client or labels.who(entry.actor_label)
        return f"{said} ({_('on behalf')})" if on_behalf(entry) else said
