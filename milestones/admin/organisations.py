"""How are units kept, and who speaks for each of them?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from milestones.models import Organisation
from milestones.people import organisations

from .filters import OneOfMany
from .forms import act
from .site import site
from .verbs import VerbAdmin


@admin.register(Organisation, site=site)
class OrganisationAdmin(VerbAdmin):
    noun = "organisation"
    list_display = ("code", "name", "short_name", "kind", "parent", "head", "coordinator", "is_active")
    list_display_links = ("code", "name")
    list_select_related = ("parent", "head", "coordinator")
    list_filter = ("kind", "is_active", ("parent", OneOfMany))
    search_fields = ("code", "name", "short_name")
    autocomplete_fields = ("parent", "head", "supervising_leader", "coordinator")
    fieldsets = [
        (None, {"fields": ["code", "name", "short_name", "kind", "parent", "is_active"]}),
        (_("Who speaks for it"), {"fields": ["head", "supervising_leader", "coordinator"]}),
    ]

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


def _suggests(request: HttpRequest) -> bool:
    """Whether rows are asked for to be chosen; retired ones are then left out (unless a filter asks)."""
    return bool(request.resolver_match and request.resolver_match.url_name == "autocomplete")
