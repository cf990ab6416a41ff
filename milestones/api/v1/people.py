"""/people: read, created, changed and, instead of deleted, deactivated; only with the scope `people:read`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from milestones import access
from milestones.errors import StateConflict
from milestones.models import Language, Person, Role, Scope
from milestones.people import arriving

from .. import auth, references
from ..by_ref import ByRef, refs, refs_field
from ..fields import Choice, Flag, Strict, Text, said
from ..filters import Filters, FlagFilter
from ..resources import Resource

PLAIN = ("email", "display_name", "language", "time_zone")


class PersonSerializer(Strict):
    """What is written of a person. Nobody signs in before a password was set by an invitation."""

    email = Text(max_length=254)
    display_name = Text(max_length=80)
    organisation = Text(max_length=40, required=False, allow_null=True, help_text=_("code of an organisation"))
    language = Choice(choices=Language.choices, required=False)
    time_zone = Text(max_length=64, required=False, help_text=_("a name such as Asia/Shanghai"))
    active = Flag(required=False, help_text=_("false: the account of a leaver; what is open is handed over before"))
    roles = serializers.ListField(
        child=Choice(choices=Role.choices),
        required=False,
        max_length=len(Role),
        help_text=_("all of them; those of the office are given by the office, never by a token"),
    )
    external_refs = refs_field()


class NewPersonSerializer(PersonSerializer):
    invite = Flag(required=False, help_text=_("send the mail with which a password is set; false"))


class PersonFilters(Filters):
    email = django_filters.CharFilter(lookup_expr="iexact")
    organisation = django_filters.CharFilter(field_name="organisation__code")
    role = django_filters.ChoiceFilter(field_name="grants__role", choices=Role.choices)
    active = FlagFilter(field_name="is_active")
    q = django_filters.CharFilter(method="search")

    def search(self, rows: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        """In name and address."""
        return rows.filter(Q(display_name__icontains=value) | Q(email__icontains=value))


class People(ByRef):
    entity = "person"
    serializer_class = PersonSerializer
    filters = PersonFilters
    orderings: ClassVar = {"display_name": "display_name", "email": "email", **Resource.orderings}
    related = ("organisation",)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        auth.need(request, Scope.PEOPLE_READ)

    def create(self, request: Request) -> HttpResponse:
        return self.created(self.make(self.input(NewPersonSerializer)))

    def make(self, given: dict[str, Any]) -> Person:
        how = {"is_active": given.get("active", True), "invited": given.get("invite", False), **self.how}
        return arriving.create(resolved(given), roles=given.get("roles", ()), refs=refs(given), **how)

    def alter(self, obj: Person, given: dict[str, Any]) -> bool:
        how = {"is_active": given.get("active"), "version": obj.version, **self.how}
        return arriving.change(obj, resolved(given), roles=given.get("roles"), refs=refs(given), **how)

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        """What somebody did stays on record; the office can make a leaver's name disappear."""
        access.require(self.actor, "person.deactivate", self.found(pk, needs_match=True))
        message = _("A person is not deleted; deactivate the account: PATCH {“active”: false}.")
        raise StateConflict(message, code="cancel_instead")


def resolved(given: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as the verbs take them. Raises RuleBroken at the field."""
    columns = said(given, PLAIN)
    if "organisation" in given:
        columns["organisation"] = references.organisation(given["organisation"], "organisation")
    return columns
