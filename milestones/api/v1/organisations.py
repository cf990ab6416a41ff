"""/organisations: read, created, changed and, instead of deleted, deactivated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from milestones import access
from milestones.errors import StateConflict
from milestones.models import Organisation, OrganisationKind
from milestones.people import organisations
from milestones.people.organisations import SPEAKERS

from .. import references
from ..by_ref import ByRef, refs, refs_field
from ..fields import Choice, Flag, Strict, Text, said
from ..filters import Filters, FlagFilter
from ..resources import Resource

PLAIN = ("code", "name", "short_name", "kind")


class OrganisationSerializer(Strict):
    code = Text(max_length=40)
    name = Text(max_length=200)
    short_name = Text(max_length=60, required=False, allow_blank=True)
    kind = Choice(choices=OrganisationKind.choices, required=False)
    parent = Text(  # type: ignore[assignment]  # REST framework takes declared fields out of the class
        max_length=40, required=False, allow_null=True, help_text=_("code of an organisation")
    )
    head = Text(max_length=254, required=False, allow_null=True, help_text=_("e-mail"))
    supervising_leader = Text(max_length=254, required=False, allow_null=True, help_text=_("e-mail"))
    coordinator = Text(max_length=254, required=False, allow_null=True, help_text=_("e-mail"))
    active = Flag(required=False)
    external_refs = refs_field()


class OrganisationFilters(Filters):
    code = django_filters.CharFilter()
    kind = django_filters.ChoiceFilter(choices=OrganisationKind.choices)
    parent = django_filters.CharFilter(field_name="parent__code")
    active = FlagFilter(field_name="is_active")
    q = django_filters.CharFilter(method="search")

    def search(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        """In code and names."""
        return rows.filter(Q(code__icontains=value) | Q(name__icontains=value) | Q(short_name__icontains=value))


class Organisations(ByRef):
    entity = "organisation"
    serializer_class = OrganisationSerializer
    filters = OrganisationFilters
    orderings: ClassVar = {"code": "code", "name": "name", **Resource.orderings}
    related = ("parent", *SPEAKERS)

    def make(self, given: dict[str, Any]) -> Organisation:
        return organisations.create(resolved(given), refs=refs(given), **self.how)

    def alter(self, obj: Organisation, given: dict[str, Any]) -> bool:
        return organisations.edit(obj, resolved(given), refs=refs(given), version=obj.version, **self.how)

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        """What it led and who it was stay on record."""
        access.require(self.actor, "organisation.edit", self.found(pk, needs_match=True))
        message = _("An organisation is not deleted; deactivate it: PATCH {“active”: false}.")
        raise StateConflict(message, code="cancel_instead")


def resolved(given: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as the verbs take them. Raises RuleBroken at the field."""
    columns = said(given, PLAIN)
    if "active" in given:
        columns["is_active"] = given["active"]
    if "parent" in given:
        columns["parent"] = references.organisation(given["parent"], "parent")
    for name in SPEAKERS:
        if name in given:
            columns[name] = references.person(given[name], name)
    return columns
