"""/webhooks: a client's own endpoints, their secrets, and the log of what was told to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from milestones import access
from milestones.models import ApiClient, DeliveryState, Scope, WebhookDelivery, WebhookEndpoint
from milestones.webhooks import log, operations
from milestones.webhooks.operations import Issued

from .. import answers, auth, filters, pagination
from ..fields import Moment, NothingSerializer, Number, Strict, Text, said
from ..resources import Resource

LONGEST_OVERLAP = 7 * 24  # hours


class WebhookSerializer(Strict):
    url = Text(max_length=500, help_text=_("https, or http; public unless its network is allowed here"))
    events = serializers.ListField(
        child=Text(max_length=60),
        required=False,
        max_length=100,
        help_text=_("*, an entity with .* (milestone.*), or entity.created, .updated, .deleted; * when left out"),
    )
    description = Text(max_length=200, required=False, allow_blank=True)


class RotateSerializer(Strict):
    overlap_hours = Number(
        min_value=0, max_value=LONGEST_OVERLAP, required=False, help_text=_("how long both secrets sign; 24")
    )


class SinceSerializer(Strict):
    since = Moment(help_text=_("RFC 3339, with offset"))


class DeliveryFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=DeliveryState.choices)
    type = django_filters.CharFilter()


class Webhooks(Resource):
    entity = "webhook"
    serializer_class = WebhookSerializer
    related = ("client",)
    written_by = (Scope.WEBHOOKS,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        auth.need(request, Scope.WEBHOOKS)

    def check_reading(self) -> None:
        """Its own scope says all of it."""

    drafted: WebhookEndpoint | None = None

    def prepare(self) -> None:
        if self.action == "create":
            self.drafted = self._drafted()

    def create(self, request: Request) -> HttpResponse:
        issued = operations.issue(self.drafted or self._drafted(), **self.how)
        where = self.request.build_absolute_uri(f"{self.request.path.rstrip('/')}/{issued.endpoint.pk}")
        return self.told(issued, 201, Location=where)

    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk, needs_match=True)
        given = self.input(WebhookSerializer, partial=True)
        return self.changing(found, lambda: operations.edit(found, given, version=found.version, **self.how))

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk, needs_match=True)
        operations.delete(found, version=found.version, **self.how)
        return self.deleted()

    def _drafted(self) -> WebhookEndpoint:
        """Asks the name server."""
        given = self.input(WebhookSerializer)
        client = ApiClient.objects.get(name=self.actor.client) if self.actor.client else None
        return operations.draft(said(given, operations.EDITABLE), client=client, actor=self.actor)

    # --- verbs --------------------------------------------------------------------------------------------------------
    def rotate_secret(self, request: Request, pk: str) -> HttpResponse:
        found = self.found(pk)
        hours = self.input(RotateSerializer).get("overlap_hours")
        overlap = operations.OVERLAP if hours is None else timedelta(hours=hours)
        return self.told(operations.rotate_secret(found, overlap=overlap, version=found.version, **self.how))

    def enable(self, request: Request, pk: str) -> HttpResponse:
        return self._switch(pk, operations.enable)

    def disable(self, request: Request, pk: str) -> HttpResponse:
        return self._switch(pk, operations.disable)

    def ping(self, request: Request, pk: str) -> HttpResponse:
        self.input(NothingSerializer)
        return answers.json(log.told(operations.ping(self.found(pk), **self.how)), 202)

    def replay_failed(self, request: Request, pk: str) -> HttpResponse:
        """How many are sent again."""
        found, since = self.found(pk), self.input(SinceSerializer)["since"]
        return answers.json({"count": operations.replay_failed(found, since=since, **self.how)}, 202)

    # --- the log ------------------------------------------------------------------------------------------------------
    orderings_of_the_log: ClassVar = {"created_at": "created_at"}

    def deliveries(self, request: Request, pk: str) -> HttpResponse:
        """Newest first, each with its attempts."""
        query = request.query_params
        filters.check_known(query, {*DeliveryFilters.base_filters, *filters.PAGING, "ordering"})
        ordering = query.get("ordering", "-created_at")
        page = pagination.read({**query.dict(), "ordering": ordering}, self.orderings_of_the_log)
        rows = access.visible(WebhookDelivery.objects.filter(endpoint=self.found(pk)), self.actor)
        found = list(pagination.cut(filters.apply(rows, query, DeliveryFilters), page).prefetch_related("attempt_rows"))
        keys = [(row.created_at, row.pk) for row in found[: page.limit]]
        following = self.following(pagination.cursor(page, keys[-1])) if len(found) > page.limit else None
        return answers.json({"results": [log.told(row) for row in found[: page.limit]], "next": following})

    def replay(self, request: Request, pk: str, delivery: str) -> HttpResponse:
        self.input(NothingSerializer)
        rows = WebhookDelivery.objects.filter(endpoint=self.found(pk), pk=self.id(delivery)).select_related(
            "endpoint__client"
        )
        found = access.visible(rows, self.actor).first()
        if found is None:
            raise self.absent()
        operations.replay(found, **self.how)
        return answers.json(log.told(found), 202)

    def told(self, issued: Issued, status: int = 200, **headers: str) -> HttpResponse:
        """The endpoint and, this once, its secret."""
        body = {**self.current(issued.endpoint.pk), "secret": issued.secret}
        told = {"ETag": answers.etag(issued.endpoint.version), "Cache-Control": "no-store"}
        return answers.json(body, status, {**told, **headers})

    def _switch(self, pk: str, verb: Any) -> HttpResponse:
        self.input(NothingSerializer)
        found = self.found(pk)
        return self.changing(found, lambda: verb(found, version=found.version, **self.how))
