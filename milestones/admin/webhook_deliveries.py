"""What was told to an endpoint, what came back, and how is it sent again?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from milestones import access
from milestones.errors import DomainError
from milestones.models import WebhookAttempt, WebhookDelivery
from milestones.webhooks import operations

from . import pages
from .filters import Between, OneOfMany
from .forms import act
from .readonly import ReadOnlyAdmin, ReadOnlyInline
from .site import site


class Attempts(ReadOnlyInline):
    model = WebhookAttempt
    fields = readonly_fields = ("number", "at", "milliseconds", "status", "failure", "said")


@admin.register(WebhookDelivery, site=site)
class DeliveryAdmin(ReadOnlyAdmin):
    show_facets = admin.ShowFacets.NEVER  # of rows without end
    list_display = ("created_at", "endpoint", "type", "seq", "state", "attempts", "next_at")
    list_select_related = ("endpoint",)
    list_filter = (("endpoint", OneOfMany), "state", ("created_at", Between))
    search_fields = ("object_id", "type")
    ordering = ("-created_at", "-id")
    fields = ("endpoint", "id", "type", "entity", "object_id", "seq", "state", "created_at", "next_at")
    readonly_fields = fields
    inlines = (Attempts,)
    actions = ("replay",)
    change_form_template = "admin/lingang/webhook_delivery.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.replay_one)
        name = "milestones_webhookdelivery_replay"
        return [path("<path:object_id>/do/replay/", view, name=name), *super().get_urls()]

    def replay_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        delivery = pages.found(self, request, object_id)
        return pages.ask(
            self,
            request,
            delivery,
            title=_("Send this message again?"),
            button=_("Send again"),
            do=lambda delivery, _typed, how: operations.replay(delivery, **how),
            done=_("The message is queued."),
            allowed=access.may(act(request)["actor"], "endpoint.replay", delivery.endpoint),
        )

    @admin.action(description=_("Send again"))
    def replay(self, request: HttpRequest, queryset: Any) -> None:
        """Each on its own: one that cannot be is named, the others are queued."""
        count = 0
        for delivery in queryset.select_related("endpoint"):
            try:
                operations.replay(delivery, **act(request))
                count += 1
            except DomainError as refusal:
                self.message_user(request, f"{delivery}: {refusal}", messages.ERROR)
        words = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS if count else messages.WARNING)
