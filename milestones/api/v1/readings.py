"""/readings: what was read of a target on which day. A correction is a new reading that revises the old one."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from milestones import access
from milestones.errors import RuleBroken
from milestones.models import Reading, Scope, Target
from milestones.targets import recording

from .. import answers, references
from ..fields import Day, DecimalText, Flag, Strict, Text
from ..filters import Filters, FlagFilter, PlacedFilter
from ..resources import Resource


class ReadingSerializer(Strict):
    target = Text(max_length=101, help_text=_("plan/code"))
    as_of = Day(help_text=_("the day that the figure stands for"))
    value = DecimalText()
    source = Text(max_length=200, help_text=_("where the figure comes from"))  # type: ignore[assignment]
    provisional = Flag(required=False, help_text=_("true when left out"))
    revises = Text(max_length=36, required=False, allow_null=True, help_text=_("id of the reading that this corrects"))


class ReadingFilters(Filters):
    plan = django_filters.CharFilter(field_name="target__plan__code")
    target = PlacedFilter(Target, "target")
    as_of_before = django_filters.DateFilter(field_name="as_of", lookup_expr="lte")
    as_of_after = django_filters.DateFilter(field_name="as_of", lookup_expr="gte")
    provisional = FlagFilter()
    revises = django_filters.UUIDFilter(field_name="revises_id")


class Readings(Resource):
    entity = "reading"
    serializer_class = ReadingSerializer
    filters = ReadingFilters
    orderings: ClassVar = {"as_of": "as_of", **Resource.orderings}
    related = ("target__plan",)
    written_by = (Scope.WRITE, Scope.READINGS_WRITE)

    def create(self, request: Request) -> HttpResponse:
        given = self.input(ReadingSerializer)
        target = references.target(given.pop("target"), self.actor)
        revises = self._revised(given.pop("revises", None))
        return self.created(recording.record_reading(target, revises=revises, **given, **self.how))

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk, needs_match=True)
        recording.delete_reading(found, version=found.version, **self.how)
        return self.deleted()

    def _revised(self, text: str | None) -> Any:
        if text is None:
            return None
        pk = answers.identifier(text)
        found = access.visible(Reading.objects.filter(pk=pk), self.actor).first() if pk else None
        if found is None:
            raise RuleBroken(_("There is no such reading."), field="revises", code="reference")
        return found
