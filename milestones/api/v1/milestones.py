"""/milestones: read, created, changed, moved through their states."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from milestones import access
from milestones.actors import Actor
from milestones.batch.lookups import Wish, look_up
from milestones.batch.rows import PartyRow
from milestones.errors import RuleBroken
from milestones.models import Evidence, Health, Kind, Milestone, PartyRole, Plan, State
from milestones.planning import codes, lifecycle, operations
from milestones.planning.operations import PartyInput

from .. import answers, references
from ..by_ref import ByRef, refs, refs_field
from ..fields import Choice, FuzzyDateField, NothingSerializer, Number, Span, Strict, Text, said
from ..filters import AddressFilter, Filters

NAMED = ("workstream", "lead", "accountable")  # other objects, by their codes and addresses
PLAIN = ("code", "title", "title_en", "kind", "stage", "description", "criterion", "weight", "due", "forecast")


class PartySerializer(Strict):
    role = Choice(choices=PartyRole.choices)
    organisation = Text(max_length=40)
    person = Text(max_length=254, required=False, allow_null=True)


class MilestoneSerializer(Strict):
    """What is written of a milestone. `state` moves by verbs, `baseline` never."""

    plan = Text(max_length=60)
    workstream = Text(max_length=40)
    code = Text(max_length=40, required=False, help_text=_("given by us when left out"))
    title = Text(max_length=200)
    title_en = Text(max_length=200, required=False, allow_blank=True)
    kind = Choice(choices=Kind.choices)
    stage = Text(max_length=40, required=False, allow_blank=True)
    description = Text(lines=True, required=False, allow_blank=True)
    criterion = Text(lines=True, required=False, allow_blank=True)
    weight = Number(min_value=1, max_value=32767, required=False)
    accountable = Text(max_length=254, required=False, allow_null=True, help_text=_("e-mail"))
    lead = Text(max_length=40, required=False, allow_null=True, help_text=_("code of an organisation"))
    parties = PartySerializer(many=True, required=False)
    due = FuzzyDateField()
    forecast = FuzzyDateField(required=False, allow_null=True)
    parent = Text(  # type: ignore[assignment]  # REST framework takes declared fields out of the class
        max_length=101, required=False, allow_null=True, help_text=_("code of a milestone of the plan")
    )
    source_span = Span(required=False)
    external_refs = refs_field()
    reason = Text(lines=True, required=False, allow_blank=True, help_text=_("needed when a date moves"))


class MilestoneFilters(Filters):
    plan = django_filters.CharFilter(field_name="plan__code")
    workstream = django_filters.CharFilter(field_name="workstream__code")
    code = django_filters.CharFilter()
    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    state = django_filters.ChoiceFilter(choices=State.choices)
    health = django_filters.ChoiceFilter(choices=Health.choices)
    lead = django_filters.CharFilter(field_name="lead__code")
    accountable = AddressFilter(field_name="accountable")
    parent = django_filters.CharFilter(field_name="parent__code")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")
    due_after = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")
    q = django_filters.CharFilter(method="search")

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """In code, titles and stage word."""
        where = (Q(**{f"{column}__icontains": value}) for column in ("code", "title", "title_en", "stage"))
        found = Q()
        for one in where:
            found |= one
        return rows.filter(found)


# LinkSerializer, as the documentation tells it.
LINK: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "url": {"type": "string", "minLength": 1, "maxLength": 1000},
        "title": {"type": "string", "maxLength": 200},
    },
    "required": ["url"],
    "additionalProperties": False,
}


@extend_schema_field({"anyOf": [{"type": "string", "format": "uuid"}, LINK]})
class PieceField(serializers.Field):
    """An id of evidence that is attached already, or {url, title} of a new link."""

    def to_internal_value(self, data: Any) -> tuple[str, str] | uuid.UUID:
        if isinstance(data, str):
            found = answers.identifier(data)
            if found is None:
                raise serializers.ValidationError(_("This is no id of evidence."), code="reference")
            return found
        link = LinkSerializer(data=data)
        link.is_valid(raise_exception=True)
        return link.validated_data.get("title", ""), link.validated_data["url"]

    def to_representation(self, value: Any) -> Any:
        return value


class LinkSerializer(Strict):
    url = Text(max_length=1000)
    title = Text(max_length=200, required=False, allow_blank=True)


class SubmitSerializer(Strict):
    actual = FuzzyDateField()
    statement = Text(lines=True)
    evidence = serializers.ListField(child=PieceField(), required=False, max_length=50)


class ReasonSerializer(Strict):
    reason = Text(lines=True)


class Milestones(ByRef):
    entity = "milestone"
    serializer_class = MilestoneSerializer
    filters = MilestoneFilters
    orderings: ClassVar = {
        "due": "due_on",
        "code": "code",
        "title": "title",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    related = ("plan", "workstream", "lead", "accountable", "parent")

    def make(self, given: dict[str, Any]) -> Milestone:
        plan = references.plan(given["plan"], self.actor)
        columns, parties = resolved(given, plan, self.actor)
        how = {"reason": given.get("reason", ""), "parties": parties or (), "refs": refs(given), **self.how}
        if "code" in columns:
            return operations.create(plan, columns, **how)
        return codes.with_free_code(columns["workstream"], lambda code: operations.create(plan, columns | code, **how))

    def alter(self, obj: Milestone, given: dict[str, Any]) -> bool:
        return change(obj, given, self.how)

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk, needs_match=True)
        operations.delete(found, version=found.version, **self.how)
        return self.deleted()

    def submit(self, request: Request, pk: str) -> HttpResponse:
        given = self.input(SubmitSerializer)
        pieces = [self._piece(pk, place, one) for place, one in enumerate(given.pop("evidence", []))]
        return self.moved(pk, lifecycle.submit, evidence=pieces, **given)

    def _piece(self, pk: str, place: int, given: Any) -> tuple[str, str] | Evidence:
        if isinstance(given, tuple):
            return given
        found = access.visible(Evidence.objects.filter(milestone=self.id(pk), pk=given), self.actor).first()
        if found is None:
            words = _("There is no such evidence of this milestone.")
            raise RuleBroken(words, field=f"evidence.{place}", code="reference")
        return found

    # --- states -------------------------------------------------------------------------------------------------------
    def start(self, request: Request, pk: str) -> HttpResponse:
        self.input(NothingSerializer)
        return self.moved(pk, lifecycle.start)

    def verify(self, request: Request, pk: str) -> HttpResponse:
        self.input(NothingSerializer)
        return self.moved(pk, lifecycle.verify)

    def return_(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, lifecycle.return_, **self.input(ReasonSerializer))

    def reopen(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, lifecycle.reopen, **self.input(ReasonSerializer))

    def cancel(self, request: Request, pk: str) -> HttpResponse:
        return self.moved(pk, lifecycle.cancel, **self.input(ReasonSerializer))


def change(milestone: Milestone, given: dict[str, Any], how: dict[str, Any]) -> bool:
    """Whether anything differed."""
    references.stays(given, milestone.plan)
    columns, parties = resolved(given, milestone.plan, how["actor"])
    reason = given.get("reason", "")
    more: dict[str, Any] = {"parties": parties, "refs": refs(given), "version": milestone.version}
    return operations.change(milestone, columns, reason=reason, **more, **how)


def resolved(given: dict[str, Any], plan: Plan, actor: Actor) -> tuple[dict[str, Any], list[PartyInput] | None]:
    """Columns as the verbs take them, and the parties (None: not spoken of). Raises RuleBroken at the field."""
    columns, rows = said(given, PLAIN), [PartyRow(**one) for one in given.get("parties", ())]
    known = look_up([Wish(plan, said(given, NAMED), rows)], actor)
    if "workstream" in given:
        columns["workstream"] = known.stream(plan, given["workstream"])
    if "lead" in given:
        columns["lead"] = known.unit(given["lead"], "lead")
    if "accountable" in given:
        columns["accountable"] = known.person(given["accountable"], "accountable")
    if "parent" in given:
        columns["parent"] = references.milestone(given["parent"], actor, "parent", plan)
    if "source_span" in given:
        columns["source_start"], columns["source_end"] = given["source_span"] or (None, None)
    return columns, [known.party(row, place) for place, row in enumerate(rows)] if "parties" in given else None
