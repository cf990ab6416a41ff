"""/targets: read, created, changed, and how they stand on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from milestones.actors import Actor
from milestones.errors import RuleBroken
from milestones.models import Bound, Measure, Plan, Target
from milestones.targets import operations, queries, wording
from milestones.targets.figures import Reason, plain
from milestones.targets.pace import Pace

from .. import answers, filters, references
from ..by_ref import ByRef, refs, refs_field
from ..fields import Choice, DecimalText, Span, Strict, Text, said
from ..filters import Filters
from ..pagination import bad
from ..resources import Resource

PLAIN = ("code", "name", "name_en", "unit", "measure", "bound", "value", "value_max")
FIGURES = (
    *("value", "attainment", "expected", "gap", "expected_then", "gap_then"),
    *("projection", "projection_low", "projection_high"),
)


class TargetSerializer(Strict):
    """What is written of a target; its readings come in at /readings."""

    plan = Text(max_length=60)
    workstream = Text(max_length=40, required=False, allow_null=True)
    code = Text(max_length=40)
    name = Text(max_length=200)
    name_en = Text(max_length=200, required=False, allow_blank=True)
    unit = Text(max_length=20)
    measure = Choice(choices=Measure.choices)
    bound = Choice(choices=Bound.choices, required=False)
    value = DecimalText()
    value_max = DecimalText(required=False, allow_null=True, help_text=_("of a range, and of nothing else"))
    lead = Text(max_length=40, required=False, allow_null=True, help_text=_("code of an organisation"))
    source_span = Span(required=False)
    external_refs = refs_field()


class TargetFilters(Filters):
    plan = django_filters.CharFilter(field_name="plan__code")
    workstream = django_filters.CharFilter(field_name="workstream__code")
    code = django_filters.CharFilter()
    measure = django_filters.ChoiceFilter(choices=Measure.choices)
    bound = django_filters.ChoiceFilter(choices=Bound.choices)
    lead = django_filters.CharFilter(field_name="lead__code")
    q = django_filters.CharFilter(method="search")

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """In code and names."""
        return rows.filter(Q(code__icontains=value) | Q(name__icontains=value) | Q(name_en__icontains=value))


class Targets(ByRef):
    entity = "target"
    serializer_class = TargetSerializer
    filters = TargetFilters
    orderings: ClassVar = {"code": "code", "name": "name", **Resource.orderings}
    related = ("plan", "workstream", "lead")

    def make(self, given: dict[str, Any]) -> Target:
        plan = references.plan(given["plan"], self.actor)
        return operations.create(plan, resolved(given, plan, self.actor), refs=refs(given), **self.how)

    def alter(self, obj: Target, given: dict[str, Any]) -> bool:
        return change(obj, given, self.how)

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk, needs_match=True)
        operations.delete(found, version=found.version, **self.how)
        return self.deleted()

    def pace(self, request: Request, pk: str) -> HttpResponse:
        """Computed, not stored: it has no version."""
        filters.check_known(request.query_params, {"on"})
        found: Target = self.found(pk)
        on = self._day(request.query_params.get("on")) or timezone.localdate(self.now, found.plan.zone)
        return answers.json(told(queries.pace(found, on), found))

    def _day(self, text: str | None) -> date | None:
        try:
            return None if text is None else date.fromisoformat(text)
        except ValueError:
            raise bad("on", str(_("A day is expected, such as 2023-06-30."))) from None


def change(target: Target, given: Mapping[str, Any], how: Mapping[str, Any]) -> bool:
    """Whether anything differed."""
    columns = resolved(given, target.plan, how["actor"])
    return operations.edit(target, columns, refs=refs(given), version=target.version, **how)


def resolved(given: Mapping[str, Any], plan: Plan, actor: Actor) -> dict[str, Any]:
    """Columns as the verbs take them. Raises RuleBroken at the field."""
    if given.get("plan", plan.code) != plan.code:
        raise RuleBroken(_("A target stays in its plan; create another one there."), field="plan", code="other_plan")
    columns = said(given, PLAIN)
    if "workstream" in given:
        code = given["workstream"]
        columns["workstream"] = None if code is None else references.workstream(code, plan)
    if "lead" in given:
        columns["lead"] = references.organisation(given["lead"], "lead")
    if "source_span" in given:
        columns["source_start"], columns["source_end"] = given["source_span"] or (None, None)
    return columns


def told(pace: Pace, target: Target) -> dict[str, Any]:
    """Figures as decimal strings, in the target's unit; reasons with their code, their parameters, and in words."""
    figures: dict[str, Decimal | None] = {name: getattr(pace, name) for name in FIGURES}
    return {
        "on": pace.on.isoformat(),
        "as_of": pace.as_of.isoformat() if pace.as_of else None,
        "provisional": pace.provisional,
        **{name: None if figure is None else plain(figure) for name, figure in figures.items()},
        "basis": _told(pace.basis, wording.basis(pace, target)),
        "method": _told(pace.method, wording.method(pace, target)),
        "health": pace.health,
        "reason": _told(pace.reason, wording.reason(pace, target)),
    }


def _told(reason: Reason, text: str) -> dict[str, Any]:
    return {"code": reason.code, "params": reason.params, "text": text}
