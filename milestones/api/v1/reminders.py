"""/reminders: the ledger of what was planned, sent or held back, and why. Only read."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Cast

from milestones.models import Channel, ReminderState, ReminderStep, Suppression
from milestones.shapes.reminder import Version

from ..filters import AddressFilter, OfMilestone
from ..resources import Resource


class ReminderFilters(OfMilestone):
    """The table is a large one: what names a row elsewhere is looked up first, so that an index finds the rest."""

    recipient = AddressFilter(field_name="recipient")
    state = django_filters.ChoiceFilter(choices=ReminderState.choices, method="in_state")
    reason = django_filters.ChoiceFilter(choices=Suppression.choices)
    step = django_filters.CharFilter(method="of_step")
    channel = django_filters.ChoiceFilter(choices=Channel.choices)
    day_before = django_filters.DateFilter(field_name="day", lookup_expr="lte")
    day_after = django_filters.DateFilter(field_name="day", lookup_expr="gte")

    def of_step(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Steps of one code belong to several policies."""
        return rows.filter(step__in=[*ReminderStep.objects.filter(code=value).values_list("pk", flat=True)])

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """What is planned has an index of its own, which knows it by these words."""
        planned = {"mail__isnull": True, "reason": ""} if value == ReminderState.PLANNED else {}
        return rows.filter(state=value, **planned)


class Reminders(Resource):
    entity = "reminder"
    filters = ReminderFilters
    orderings: ClassVar = {"id": "pk"}  # ids rise with time

    def rows(self) -> QuerySet[Any]:
        """Each with the number that its shape tells as its version."""
        return super().rows().annotate(version=Cast(Version.of_row(), BigIntegerField()))
