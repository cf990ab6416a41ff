"""How are a plan's fields of work kept?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from milestones.models import PlanState, Workstream
from milestones.planning import plans

from .filters import OneOfMany
from .forms import act
from .site import site
from .verbs import VerbAdmin


@admin.register(Workstream, site=site)
class WorkstreamAdmin(VerbAdmin):
    noun = "workstream"
    list_display = ("code", "title", "plan", "position", "lead", "policy")
    list_display_links = ("code", "title")
    list_select_related = ("plan", "lead", "policy")
    list_filter = ("plan", ("lead", OneOfMany))
    search_fields = ("code", "title", "title_en", "plan__code")
    search_help_text = _("code, title or plan")
    autocomplete_fields = ("plan", "lead", "policy")
    fieldsets = [(None, {"fields": ["plan", ("code", "position"), "title", "title_en", "lead", "policy"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("plan",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset.select_related("plan"), term)

    def label(self, obj: Any) -> str:
        return f"{obj.title} · {obj.plan.code}"

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> Workstream:
        values = form.values(changed_only=False)
        return plans.create_workstream(values.pop("plan"), values, **act(request))

    def change(self, request: HttpRequest, obj: Workstream, form: Any, formsets: list[Any]) -> None:
        plans.edit_workstream(obj, form.values(changed_only=True), version=form.cleaned_data["seen"], **act(request))

    def may_change(self, obj: Workstream) -> bool:
        return obj.plan.state != PlanState.CLOSED

    def may_erase(self, obj: Workstream) -> bool:
        return obj.plan.is_draft

    def erase(self, request: HttpRequest, obj: Workstream) -> None:
        plans.delete_workstream(obj, **act(request))
