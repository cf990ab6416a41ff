"""/reminders: the ledger of what was planned, sent or held back, and why. Only read."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse

from milestones.models import Channel, ReminderState, ReminderStep, Suppression

from .. import answers, auth, preconditions
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

    def shown(self, pk: Any, status: int = 200, *, fields: tuple[str, ...] = (), **headers: str) -> HttpResponse:
        """A row of the ledger has no version: its weak tag is made of what is told of it."""
        rows = self.rows().filter(pk=pk)
        found = next(self.shape.rows(rows, auth.reader(self.request), fields=fields), None)
        if found is None:
            raise self.absent()
        tag = hashlib.sha256(found[0].encode()).hexdigest()[:32]
        known = self.request.headers.get("If-None-Match", "")
        if any(one.removeprefix("W/") in ("*", f'"{tag}"') for one in preconditions.tags(known)):
            return HttpResponse(status=304, headers={"ETag": f'W/"{tag}"'})
        return answers.raw(found[0].encode(), status, {"ETag": f'W/"{tag}"', **headers})
