"""Two edited at once: which values meet in each field, and what does the form show next?

Three values meet: the one the form was opened with, which the change entries tell, the present one and the typed one.
What was not touched here takes the present value; what was typed stays typed. Where both differ the reader chooses,
field by field; the form then carries the present version (docs/decisions/0026, 0080).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from milestones import wording
from milestones.models import ChangeEntry
from milestones.models.base import Versioned
from milestones.workdays.periods import FuzzyDate

from .dates import FuzzyDateField
from .obstacles import ObstaclesField, split
from .parties import PartiesField

TAKE, THEIRS = "take-", "theirs"
Make = Callable[..., Any]  # an object → the unbound form that holds its values


@dataclass(frozen=True)
class Meeting:
    """One field that both changed, in words. `choice` is the name of the reader's answer."""

    name: str
    label: str
    opened: str
    theirs: str
    mine: str

    @property
    def choice(self) -> str:
        return f"{TAKE}{self.name}"


def chosen(make: Make, obj: Any, typed: QueryDict) -> QueryDict:
    """What was typed, with the present value where the reader took the others'."""
    names = [key.removeprefix(TAKE) for key, value in typed.items() if key.startswith(TAKE) and value == THEIRS]
    if not names:
        return typed
    data, form = typed.copy(), make(obj)
    for name in names:
        if name in form.fields:
            _put(data, form, name, form.get_initial_for_field(form.fields[name], name))
    return data


def merge(make: Make, obj: Any, typed: QueryDict, since: int) -> tuple[QueryDict, list[Meeting]]:
    """What the form is to hold next, and where both typed; `since` is the version that the form was opened with."""
    data, form, before = typed.copy(), make(obj), make(_before(obj, since))
    met = []
    for name in _touched(obj, since) & set(form.fields):
        field: Any = form.fields[name]
        opened, present = (
            before.get_initial_for_field(before.fields[name], name),
            form.get_initial_for_field(field, name),
        )
        raw = _lines(field.widget.value_from_datadict(typed, {}, name))
        if not field.has_changed(opened, raw):
            _put(data, form, name, present)
        elif field.has_changed(present, raw):
            met.append(
                Meeting(
                    name, str(field.label or name), *(said(field, v) for v in (opened, present, _clean(field, raw)))
                )
            )
    data["version"] = str(obj.version)
    return _without_choices(data), sorted(met, key=lambda one: list(form.fields).index(one.name))


def beside(make: Make, obj: Any, typed: QueryDict) -> tuple[QueryDict, list[Meeting]]:
    """The same where nobody has written down what the form was opened with: the reader chooses wherever they differ."""
    data, form, met = typed.copy(), make(obj), []
    for name, field in form.fields.items():
        present, raw = (
            form.get_initial_for_field(field, name),
            _lines(field.widget.value_from_datadict(typed, {}, name)),
        )
        if not field.widget.is_hidden and hasattr(obj, name) and field.has_changed(present, raw):
            met.append(
                Meeting(name, str(field.label or name), "", said(field, present), said(field, _clean(field, raw)))
            )
    data["version"] = str(obj.version)
    return _without_choices(data), met


def _without_choices(data: QueryDict) -> QueryDict:
    for key in [key for key in data if key.startswith(TAKE)]:
        del data[key]
    return data


def _entries(obj: Versioned, since: int) -> list[ChangeEntry]:
    return list(ChangeEntry.objects.of(obj).filter(version__gt=since))


def _first_values(obj: Versioned, since: int) -> dict[str, Any]:
    """Column → its value when the form was opened, for the columns that changed since."""
    first: dict[str, Any] = {}
    for entry in _entries(obj, since):
        for column, (old, _new) in entry.changes.items():
            first.setdefault(column, old)
    return first


def _before(obj: Any, since: int) -> Any:
    """The object as its reader saw it."""
    before, columns = copy.copy(obj), {f.attname: f for f in obj._meta.concrete_fields}
    for column, value in _first_values(obj, since).items():
        if column in columns:
            setattr(before, column, None if value is None else columns[column].to_python(value))
        elif column == "parties":
            before.parties_then = value or []
    return before


def _touched(obj: Versioned, since: int) -> set[str]:
    columns = {f.attname: f.name for f in obj._meta.concrete_fields}
    names = {columns.get(column, column) for column in _first_values(obj, since)}
    names |= {name.removesuffix("_on").removesuffix("_precision") for name in names}
    return {FORM_NAMES.get(name, name) for name in names} | names


# What a form calls a column by another name.
FORM_NAMES = {"forecast": "expected", "accountable": "to"}


def _lines(raw: Any) -> Any:
    return raw.replace("\r\n", "\n") if isinstance(raw, str) else raw  # as browsers send lines


def _clean(field: Any, raw: Any) -> Any:
    try:
        return raw if isinstance(field, PartiesField) else field.clean(raw)
    except forms.ValidationError:
        return raw


def _put(data: QueryDict, form: Any, name: str, value: Any) -> None:
    """Let `data` say `value`, as the field's widget would have sent it."""
    field = form.fields[name]
    if isinstance(field, FuzzyDateField):
        widget: Any = field.widget
        on, precision, _said = widget.decompress(value)
        data[f"{name}_on"], data[f"{name}_precision"] = (on.isoformat() if on else ""), precision
        data[f"{name}_said"] = ""
        if f"{name}_is" in form.fields:
            data[f"{name}_is"] = form.initial[f"{name}_is"]
    elif isinstance(field, ObstaclesField):
        kinds, data[name] = split(value or "")
        data.setlist(f"{name}_kinds", kinds)
    elif isinstance(field, PartiesField):
        for key in [key for key in data if key.startswith(f"{name}-")]:
            del data[key]
        for n, line in enumerate(value or []):
            data.update({f"{name}-{n}-{part}": one for part, one in zip(("role", "unit", "person"), line, strict=True)})
    else:
        prepared = field.prepare_value(value)
        data[name] = "" if prepared is None else str(prepared)


def said(field: Any, value: Any) -> str:
    """A field's value in words."""
    if value in (None, "", []):
        return _("(empty)")
    if isinstance(value, FuzzyDate):
        return wording.period_with_day(value)
    if isinstance(field, PartiesField):
        return field.said(value)
    if isinstance(field, forms.ModelChoiceField):
        rows: Any = field.queryset
        return str(value if hasattr(value, "pk") else rows.model._default_manager.filter(pk=value).first() or value)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return str(dict(choices).get(value, value))
    return str(value)


def since(typed: Mapping[str, Any], obj: Versioned) -> int:
    """The version that the form was opened with; the present one where it says nothing readable."""
    given = str(typed.get("version") or "")
    return int(given) if given.isdecimal() else obj.version
