"""/plans: read, created, changed, activated, closed and, as drafts, deleted."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from milestones.models import Plan, PlanState, ReportCadence
from milestones.planning import plans

from ..fields import Choice, Day, NothingSerializer, Number, Strict, Text
from ..filters import Filters, WholeFilter
from ..resources import Resource


class PlanSerializer(Strict):
    """What is written of a plan. `state` moves by verbs."""

    code = Text(max_length=60)
    title = Text(max_length=200)
    title_en = Text(max_length=200, required=False, allow_blank=True)
    year = Number(min_value=1900, max_value=2199)
    starts_on = Day()
    ends_on = Day()
    time_zone = Text(max_length=64, required=False, help_text=_("a name such as Asia/Shanghai"))
    source_document = Text(
        lines=True, required=False, allow_blank=True, help_text=_("title, number or address of the published text")
    )
    report_cadence = Choice(choices=ReportCadence.choices, required=False)
    report_day = Number(min_value=1, max_value=28, required=False)
    weekly_from = Number(min_value=0, max_value=52, required=False)
    warning_days = Number(min_value=0, max_value=250, required=False)
    tolerance = Number(min_value=0, max_value=100, required=False)


class PlanFilters(Filters):
    code = django_filters.CharFilter()
    year = WholeFilter(max_value=9999)
    state = django_filters.ChoiceFilter(choices=PlanState.choices)
    q = django_filters.CharFilter(method="search")

    def search(self, rows: QuerySet[Plan], name: str, value: str) -> QuerySet[Plan]:
        """In code and titles."""
        return rows.filter(Q(code__icontains=value) | Q(title__icontains=value) | Q(title_en__icontains=value))


class CloseSerializer(Strict):
    reason = Text(lines=True, required=False, allow_blank=True)


class Plans(Resource):
    entity = "plan"
    serializer_class = PlanSerializer
    filters = PlanFilters
    orderings: ClassVar = {
        **{name: name for name in ("code", "title", "year", "starts_on", "ends_on")},
        **Resource.orderings,
    }

    def create(self, request: Request) -> HttpResponse:
        return self.created(plans.create(self.input(PlanSerializer), **self.how))

    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk, needs_match=True)
        given = self.input(PlanSerializer, partial=True)
        return self.changing(found, lambda: plans.edit(found, given, version=found.version, **self.how))

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        """A draft goes with all it holds, each object with its tombstone."""
        found = self.found(pk, needs_match=True)
        plans.delete(found, version=found.version, **self.how)
        return self.deleted()

    def activate(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, plans.activate, **self.input(NothingSerializer))

    def close(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, plans.close, **self.input(CloseSerializer))
