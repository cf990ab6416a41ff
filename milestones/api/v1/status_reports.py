"""/status-reports: written, filed, accepted or returned."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from milestones.errors import StateConflict
from milestones.models import Milestone, ReportState, Scope
from milestones.status_reports import operations

from .. import references
from ..fields import Choice, Day, FuzzyDateField, NothingSerializer, Number, Strict, Text
from ..filters import OfMilestone
from ..resources import Resource

WRITTEN = [choice for choice in ReportState.choices if choice[0] in (ReportState.DRAFT, ReportState.SUBMITTED)]


class ReportContentSerializer(Strict):
    """What a report says. Once it was submitted it stays; a correction is a later report."""

    as_of = Day()
    progress = Number(min_value=0, max_value=100, help_text=_("per cent, at the end of that day"))
    forecast = FuzzyDateField(required=False, allow_null=True)
    done = Text(lines=True, required=False, allow_blank=True)
    obstacles = Text(lines=True, required=False, allow_blank=True)
    help_needed = Text(lines=True, required=False, allow_blank=True)


class ReportSerializer(ReportContentSerializer):
    milestone = Text(max_length=101, help_text=_("plan/code"))
    state = Choice(choices=WRITTEN, required=False, help_text=_("draft when left out; submitted files it at once"))


class NoteSerializer(Strict):
    note = Text(lines=True)


class OptionalNoteSerializer(Strict):
    note = Text(lines=True, required=False, allow_blank=True)


class ReportFilters(OfMilestone):
    state = django_filters.ChoiceFilter(choices=ReportState.choices)
    as_of_before = django_filters.DateFilter(field_name="as_of", lookup_expr="lte")
    as_of_after = django_filters.DateFilter(field_name="as_of", lookup_expr="gte")


class StatusReports(Resource):
    entity = "status_report"
    serializer_class = ReportSerializer
    filters = ReportFilters
    orderings: ClassVar = {"as_of": "as_of", **Resource.orderings}
    related = ("milestone__plan", "milestone__lead", "milestone__accountable", "author")
    written_by = (Scope.WRITE, Scope.READINGS_WRITE)

    def create(self, request: Request) -> HttpResponse:
        given = self.input(ReportSerializer)
        milestone = references.milestone(given.pop("milestone"), self.actor)
        filed = given.pop("state", ReportState.DRAFT) == ReportState.SUBMITTED
        self._check_no_draft(milestone)
        verb: Any = operations.file if filed else operations.write
        return self.created(verb(milestone, given, **self.how))

    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk, needs_match=True)
        given = self.input(ReportContentSerializer, partial=True)
        how = {**self.how, "report": found, "version": found.version}
        return self.changing(found, lambda: operations.write(found.milestone, given, **how))

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk, needs_match=True)
        operations.discard(found, version=found.version, **self.how)
        return self.deleted()

    # --- states -------------------------------------------------------------------------------------------------------
    def submit(self, request: Request, pk: str) -> HttpResponse:
        self.input(NothingSerializer)
        return self.moved(pk, operations.submit)

    def accept(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, operations.accept, **self.input(OptionalNoteSerializer))

    def return_(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, operations.return_, **self.input(NoteSerializer))

    def _check_no_draft(self, milestone: Milestone) -> None:
        """A form goes on with its reader's draft; a POST makes something new, and a person has one draft at most."""
        if (draft := operations.own_draft(milestone, self.actor)) is not None:
            words = _("Your draft %(id)s of this milestone is open; change, submit or delete that one.")
            raise StateConflict(words % {"id": draft.pk}, code="draft_exists")
