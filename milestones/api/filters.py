"""Which rows does a query ask for? An unknown parameter or a wrong value is a refusal, never ignored."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from .pagination import bad
from .problems import Fault, Problem

PAGING = ("limit", "cursor")


class Filters(django_filters.FilterSet):
    """Base of every resource's filters: when it was changed."""

    updated_since = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")


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
    found = filters(query, queryset=rows)
    if not found.is_valid():
        said = [(name, str(words)) for name, errors in found.errors.items() for words in errors]
        faults = [Fault(f"?{name}", "bad_parameter", words) for name, words in said]
        raise Problem("bad-parameter", "; ".join(f"{name}: {words}" for name, words in said), errors=faults)
    return found.qs
