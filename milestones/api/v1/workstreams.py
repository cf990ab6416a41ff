"""/workstreams: the fields of work of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from milestones.models import Plan, Workstream
from milestones.planning import plans

from .. import references
from ..fields import Number, Strict, Text, said
from ..filters import Filters
from ..resources import Resource

PLAIN = ("code", "title", "title_en", "position")


class WorkstreamSerializer(Strict):
    plan = Text(max_length=60)
    code = Text(max_length=20)
    title = Text(max_length=120)
    title_en = Text(max_length=120, required=False, allow_blank=True)
    position = Number(min_value=0, max_value=32767, required=False, help_text=_("its place among the plan's; 0"))
    lead = Text(max_length=40, required=False, allow_null=True, help_text=_("code of an organisation"))


class WorkstreamFilters(Filters):
    plan = django_filters.CharFilter(field_name="plan__code")
    code = django_filters.CharFilter()
    lead = django_filters.CharFilter(field_name="lead__code")
    q = django_filters.CharFilter(method="search")

    def search(self, rows: QuerySet[Workstream], name: str, value: str) -> QuerySet[Workstream]:
        """In code and titles."""
        return rows.filter(Q(code__icontains=value) | Q(title__icontains=value) | Q(title_en__icontains=value))


class Workstreams(Resource):
    entity = "workstream"
    serializer_class = WorkstreamSerializer
    filters = WorkstreamFilters
    orderings: ClassVar = {"code": "code", "title": "title", "position": "position", **Resource.orderings}
    related = ("plan", "lead")

    def create(self, request: Request) -> HttpResponse:
        given = self.input(WorkstreamSerializer)
        plan = references.plan(given["plan"], self.actor)
        return self.created(plans.create_workstream(plan, resolved(given, plan), **self.how))

    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        found: Workstream = self.found(pk, needs_match=True)
        given = resolved(self.input(WorkstreamSerializer, partial=True), found.plan)
        return self.changing(found, lambda: plans.edit_workstream(found, given, version=found.version, **self.how))

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        """An empty one of a draft."""
        found = self.found(pk, needs_match=True)
        plans.delete_workstream(found, version=found.version, **self.how)
        return self.deleted()


def resolved(given: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """Columns as the verbs take them. Raises RuleBroken at the field."""
    references.stays(given, plan)
    columns = said(given, PLAIN)
    return columns | ({"lead": references.organisation(given["lead"], "lead")} if "lead" in given else {})
