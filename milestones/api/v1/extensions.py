"""/extensions: a later date is asked for, and decided on by somebody else."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from milestones import access
from milestones.errors import StateConflict
from milestones.extensions import operations
from milestones.models import ExtensionState

from .. import references
from ..fields import FuzzyDateField, Number, Strict, Text
from ..filters import FlagFilter, OfMilestone
from ..resources import Resource
from .status_reports import NoteSerializer, OptionalNoteSerializer


class ExtensionSerializer(Strict):
    milestone = Text(max_length=101, help_text=_("plan/code"))
    due = FuzzyDateField(help_text=_("the date that is asked for"))
    reason = Text(lines=True)
    progress = Number(min_value=0, max_value=100, required=False, help_text=_("so far, in per cent"))


class ExtensionFilters(OfMilestone):
    state = django_filters.ChoiceFilter(choices=ExtensionState.choices)
    late = FlagFilter()
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")
    due_after = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")


class Extensions(Resource):
    entity = "extension"
    serializer_class = ExtensionSerializer
    filters = ExtensionFilters
    orderings: ClassVar = {"due": "due_on", **Resource.orderings}
    related = ("milestone__plan", "milestone__lead", "milestone__accountable", "requested_by")

    def create(self, request: Request) -> HttpResponse:
        given = self.input(ExtensionSerializer)
        milestone = references.milestone(given.pop("milestone"), self.actor)
        return self.created(operations.request(milestone, **given, **self.how))

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        """A request is never deleted: what was asked for stays on record."""
        access.require(self.actor, "extension.withdraw", self.found(pk, needs_match=True))
        raise StateConflict(_("A request is withdrawn, not deleted."), code="cancel_instead")

    def approve(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, operations.approve, **self.input(OptionalNoteSerializer))

    def decline(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, operations.decline, **self.input(NoteSerializer))

    def withdraw(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, operations.withdraw, **self.input(OptionalNoteSerializer))
