"""Which rows does a query ask for? An unknown parameter or a wrong value is a refusal, never ignored."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.models import Milestone, Person

from .fields import OFFSET
from .pagination import bad
from .problems import Fault, Problem

PAGING = ("limit", "cursor")


class PlacedFilter(django_filters.CharFilter):
    """`plan/code` of the milestone or target that rows belong to. Looked up first: by its id an index finds them."""

    def __init__(self, model: type[Model], field_name: str) -> None:
        self.of = model
        form = RegexValidator(r"\A[^/]+/[^/]+\Z", gettext_lazy("Write it as plan/code."))
        super().__init__(field_name=field_name, validators=[form])

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if not value:
            return qs
        plan, _slash, code = value.partition("/")
        found = self.of._default_manager.filter(plan__code=plan, code=code).values_list("pk", flat=True).first()
        return qs.none() if found is None else qs.filter(**{self.field_name: found})


class AddressFilter(django_filters.CharFilter):
    """A person by e-mail, whatever its case. Not everybody may ask so: see `named_people`."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if not value:
            return qs
        found = Person.objects.by_email(value).values_list("pk", flat=True).first()
        return qs.none() if found is None else qs.filter(**{str(self.field_name): found})


class WholeFilter(django_filters.NumberFilter):
    """A whole number that a column of the database can hold."""

    field_class = forms.IntegerField

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 32767, **options})


class FlagFilter(django_filters.TypedChoiceFilter):
    """`true` or `false`, nothing else."""

    def __init__(self, **options: Any) -> None:
        words = [("true", "true"), ("false", "false")]
        super().__init__(choices=words, coerce=lambda word: word == "true", **options)


class InstantField(django_filters.fields.IsoDateTimeField):
    def to_python(self, value: Any) -> Any:
        """In UTC, as it is stored: which the first and the last day of the calendar may not have."""
        if isinstance(value, str) and value.strip() and not re.search(OFFSET, value.strip()):
            raise ValidationError(
                _("Give an instant with its offset, such as 2023-06-30T09:00:00+08:00; in an address + is %2B.")
            )
        found = super().to_python(value)
        try:
            return found and found.astimezone(UTC)
        except OverflowError:
            raise ValidationError(_("This lies outside of the calendar.")) from None


class InstantFilter(django_filters.IsoDateTimeFilter):
    field_class = InstantField


class Filters(django_filters.FilterSet):
    """Base of every resource's filters: when it was changed."""

    updated_since = InstantFilter(field_name="updated_at", lookup_expr="gte")


class OfMilestone(Filters):
    """Of what hangs on a milestone."""

    plan = django_filters.CharFilter(field_name="milestone__plan__code")
    milestone = PlacedFilter(Milestone, "milestone")


def named_people(query: Any, filters: type[django_filters.FilterSet] | None) -> bool:
    """Whether somebody is asked for by address, which is an answer in itself."""
    own = filters.base_filters if filters else {}
    return any(isinstance(one, AddressFilter) for name, one in own.items() if name in query)


def check_known(query: Any, known: Collection[str]) -> None:
    for name in query:
        if name not in known:
            words = _("There is no parameter “%(name)s”; known are %(known)s.")
            raise bad(name, words % {"name": name, "known": ", ".join(sorted(known))})
        if len(query.getlist(name)) > 1:
            raise bad(name, _("“%(name)s” stands here twice.") % {"name": name})
        if "\x00" in query[name]:
            raise bad(name, _("“%(name)s” holds a character that is none.") % {"name": name})


def apply(rows: QuerySet[Any], query: Any, filters: type[django_filters.FilterSet] | None) -> QuerySet[Any]:
    if filters is None:
        return rows
    if empty := [name for name in filters.base_filters if query.get(name) == ""]:
        raise bad(empty[0], _("“%(name)s” is empty; give a value, or leave it out.") % {"name": empty[0]})
    found = filters(query, queryset=rows)
    if not found.is_valid():
        said = [(name, str(words)) for name, errors in found.errors.items() for words in errors]
        faults = [Fault(f"?{name}", "bad_parameter", words) for name, words in said]
        raise Problem("bad-parameter", "; ".join(f"{name}: {words}" for name, words in said), errors=faults)
    return found.qs
