"""How are units kept, and who speaks for each of them?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from milestones.models import ChangeEntry, Organisation
from milestones.people import organisations

from . import webhooks
from .filters import OneOfMany, YesFilter
from .forms import act
from .site import site
from .verbs import VerbAdmin


class WithWebhook(YesFilter):
    title, parameter_name, answer = _("webhook"), "webhook", _("with a webhook only")

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(webhook__isnull=False)


@admin.register(Organisation, site=site)
class OrganisationAdmin(VerbAdmin):
    noun = "organisation"
    list_display = ("code", "name", "short_name", "kind", "parent", "head", "coordinator", "has_webhook", "is_active")
    list_display_links = ("code", "name")
    list_select_related = ("parent", "head", "coordinator", "webhook")
    list_filter = ("kind", "is_active", WithWebhook, ("parent", OneOfMany))
    search_fields = ("code", "name", "short_name")
    autocomplete_fields = ("parent", "head", "supervising_leader", "coordinator")
    fieldsets = [
        (None, {"fields": ["code", "name", "short_name", "kind", "parent", "is_active"]}),
        (_("Who speaks for it"), {"fields": ["head", "supervising_leader", "coordinator"]}),
    ]
    change_form_template = "admin/lingang/organisation.html"

    @admin.display(description=_("webhook"), boolean=True)
    def has_webhook(self, obj: Organisation) -> bool | None:
        """None: there is none."""
        webhook = getattr(obj, "webhook", None)
        return webhook and webhook.is_active

    def get_search_results(self, request: HttpRequest, queryset: Any, term: str) -> Any:
        found: Any
        found, distinct = super().get_search_results(request, queryset, term)
        return (found.active() if _suggests(request) else found), distinct

    def label(self, obj: Any) -> str:
        return f"{obj.name} · {obj.code}"

    def groups(self, obj: Any, only_read: bool) -> list[Any]:
        """A new unit is active; it can be retired later."""
        (title, options), *others = super().groups(obj, only_read)
        fields = [name for name in options["fields"] if obj is not None or name != "is_active"]
        return [(title, {**options, "fields": fields}), *others]

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> Organisation:
        return organisations.create(form.values(changed_only=False), **act(request))

    def change(self, request: HttpRequest, obj: Organisation, form: Any, formsets: list[Any]) -> None:
        organisations.edit(obj, form.values(changed_only=True), version=form.cleaned_data["seen"], **act(request))

    def get_urls(self) -> list[URLPattern]:
        return [*webhooks.urls(self), *super().get_urls()]

    def history_of(self, request: HttpRequest, obj: Any) -> QuerySet[ChangeEntry]:
        """With that of its webhook."""
        return webhooks.history(obj)


def _suggests(request: HttpRequest) -> bool:
    """Whether rows are asked for to be chosen; retired ones are then left out (unless a filter asks)."""
    return bool(request.resolver_match and request.resolver_match.url_name == "autocomplete")
