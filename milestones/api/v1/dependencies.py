"""/dependencies: which milestone waits for which."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from milestones.models import Milestone
from milestones.models.dependencies import LONGEST_LAG
from milestones.planning import dependencies

from .. import references
from ..fields import Number, Strict, Text
from ..filters import Filters, PlacedFilter
from ..resources import Resource


class LagSerializer(Strict):
    """All that is ever changed of one."""

    lag = Number(min_value=-LONGEST_LAG, max_value=LONGEST_LAG, required=False, help_text=_("in working days; 0"))


class DependencySerializer(LagSerializer):
    predecessor = Text(max_length=101, help_text=_("plan/code of the milestone that comes first"))
    successor = Text(max_length=101, help_text=_("plan/code of the milestone that waits"))


class DependencyFilters(Filters):
    plan = django_filters.CharFilter(field_name="successor__plan__code")
    predecessor = PlacedFilter(Milestone, "predecessor")
    successor = PlacedFilter(Milestone, "successor")


class Dependencies(Resource):
    entity = "dependency"
    serializer_class = DependencySerializer
    filters = DependencyFilters
    orderings: ClassVar = {"lag": "lag", **Resource.orderings}
    related = ("predecessor__plan", "successor__plan")

    def create(self, request: Request) -> HttpResponse:
        given = self.input(DependencySerializer)
        ends = (references.milestone(given[name], self.actor, name) for name in ("predecessor", "successor"))
        return self.created(dependencies.add(*ends, lag=given.get("lag", 0), **self.how))

    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk, needs_match=True)
        lag = self.input(LagSerializer).get("lag", found.lag)
        return self.changing(found, lambda: dependencies.edit(found, lag=lag, version=found.version, **self.how))

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk, needs_match=True)
        dependencies.remove(found, version=found.version, **self.how)
        return self.deleted()
