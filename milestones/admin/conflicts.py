"""Somebody was first: what did they change, what was typed here, and what does the form show next?

Three values meet for each field: the one this form was opened with, the present one, and the typed one. What was not
touched here takes the present value; what was typed stays typed, beside the present value. The form then carries the
present version, so that saving it again is done knowingly.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from milestones import wording
from milestones.changes import readable
from milestones.errors import Conflict
from milestones.models import ChangeEntry
from milestones.models.base import Versioned
from milestones.workdays.periods import FuzzyDate

from .fields import FuzzyDateWidget

MASK = "•••"


@dataclass(frozen=True)
class Row:
    """`typed` is empty when the field was not touched here: the form then shows the present value."""

    label: str
    present: str
    typed: str


@dataclass(frozen=True)
class Comparison:
    """`version` is the one the form was opened with."""

    version: int
    who: str
    when: datetime | None
    rows: list[Row]


def compare(request: HttpRequest, obj: Versioned, form: Any, conflict: Conflict) -> Comparison:
    """`form` is unbound and holds the present values. Sets `request.POST` to what the form shall show next."""
    typed = request.POST.copy()
    version = int(typed.get("seen") or obj.version)
    entries = list(ChangeEntry.objects.of(obj).filter(version__gt=version))
    opened = _opened(form, obj, _first_values(entries))
    rows = [_merge(typed, form, name, value) for name, value in opened.items()]
    typed["seen"] = str(obj.version)
    request.POST = typed  # type: ignore[assignment]
    who = readable.read(entries[-1:])[0].who if entries else conflict.who
    return Comparison(version, who, conflict.when, rows)


def _first_values(entries: list[ChangeEntry]) -> dict[str, Any]:
    """Column → its value when this form was opened, for the columns that changed since."""
    first: dict[str, Any] = {}
    for entry in entries:
        for column, (old, _new) in entry.changes.items():
            first.setdefault(column, old)
    return first


def _opened(form: Any, obj: Versioned, first: Mapping[str, Any]) -> dict[str, Any]:
    """Form field → the value it was opened with, for the fields that others changed."""
    before = copy.copy(obj)
    columns = {f.attname: f for f in obj._meta.concrete_fields}
    for column, value in first.items():
        if column in columns and value != MASK:
            setattr(before, column, columns[column].to_python(value))
    initial = type(form)(instance=before).initial
    initial |= {column: value for column, value in first.items() if column not in columns}
    touched = {columns[c].name if c in columns else c for c in first}
    touched |= {c.removesuffix("_on").removesuffix("_precision") for c in first}
    return {name: initial.get(name) for name in form.fields if name in touched}


def _merge(typed: QueryDict, form: Any, name: str, opened: Any) -> Row:
    field = form.fields[name]
    present = form.get_initial_for_field(field, name)
    raw = field.widget.value_from_datadict(typed, {}, name)
    raw = raw.replace("\r\n", "\n") if isinstance(raw, str) else raw  # as browsers send lines
    mine = field.has_changed(opened, raw)
    if not mine:
        _put(typed, name, field, present)
    return Row(str(field.label or name), said(field, present), said(field, _cleaned(field, raw)) if mine else "")


def _cleaned(field: forms.Field, raw: Any) -> Any:
    try:
        return field.clean(raw)
    except forms.ValidationError:
        return raw


def _put(data: QueryDict, name: str, field: Any, value: Any) -> None:
    """Let `data` say `value`, as the field's widget would have sent it."""
    widget: Any = field.widget
    if isinstance(widget, FuzzyDateWidget):
        for part, suffix, item in zip(widget.widgets, ("_on", "_precision"), widget.decompress(value), strict=True):
            data[name + suffix] = (part.format_value(item) if suffix == "_on" else item) or ""
    elif isinstance(field, forms.MultipleChoiceField):
        data.setlist(name, list(value or []))
    elif isinstance(field, forms.BooleanField):
        data.pop(name, None)
        data.update({name: "on"} if value else {})
    else:
        data[name] = "" if value is None else str(field.prepare_value(value))


def said(field: Any, value: Any) -> str:
    """A field's value in words."""
    if value in (None, "", []):
        return _("(empty)")
    if isinstance(value, FuzzyDate):
        return wording.period_with_day(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, forms.ModelChoiceField):
        rows: Any = field.queryset
        found = value if hasattr(value, "pk") else rows.filter(pk=value).first()
        return str(found or value)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        words = dict(choices)
        values = value if isinstance(value, list) else [value]
        return ", ".join(str(words.get(item, item)) for item in values)
    return str(value)
