"""How does the office see and say who stands in for whom?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.models import Delegation
from milestones.people import delegations

from . import pages
from .filters import OneOfMany
from .forms import act
from .site import site
from .verbs import VerbAdmin


@admin.register(Delegation, site=site)
class DelegationAdmin(VerbAdmin):
    noun = "delegation"
    list_display = ("person", "deputy", "starts_on", "ends_on", "shown_state", "reason")
    list_display_links = ("person", "deputy")
    list_select_related = ("person", "deputy")
    list_filter = (("person", OneOfMany), ("deputy", OneOfMany))
    search_fields = ("person__display_name", "person__email", "deputy__display_name", "deputy__email")
    date_hierarchy = "starts_on"
    autocomplete_fields = ("person", "deputy")
    fieldsets = [(None, {"fields": ["person", "deputy", ("starts_on", "ends_on"), "reason"]})]
    change_form_template = "admin/lingang/delegation.html"

    @admin.display(description=_("state"))
    def shown_state(self, obj: Delegation) -> Any:
        today = timezone.localdate()
        if obj.ends_on < today:
            return _("over")
        return _("running") if obj.starts_on <= today else _("to come")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("person",)

    def may_change(self, obj: Delegation) -> bool:
        return obj.ends_on >= timezone.localdate()

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> Delegation:
        typed = form.values(changed_only=False)
        return delegations.create(typed.pop("person"), typed.pop("deputy"), **typed, **act(request))

    def change(self, request: HttpRequest, obj: Delegation, form: Any, formsets: list[Any]) -> None:
        delegations.edit(obj, form.values(changed_only=True), version=form.cleaned_data["seen"], **act(request))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.end)
        return [path("<path:object_id>/do/end/", view, name="milestones_delegation_end"), *super().get_urls()]

    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        delegation = pages.found(self, request, object_id)
        if not self.may_change(delegation):
            raise Http404
        return pages.ask(
            self,
            request,
            delegation,
            title=_("End this delegation today?"),
            button=_("End"),
            do=self._end,
            done=_("Ended. One that had not begun is deleted."),
            allowed=access.may(act(request)["actor"], "delegation.end", delegation),
        )

    def _end(self, delegation: Delegation, typed: dict[str, Any], how: dict[str, Any]) -> HttpResponse:
        delegations.end(delegation, **typed, **how)
        return HttpResponseRedirect(self.url("changelist"))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = kwargs.get("obj")
        context["may_end"] = obj is not None and self.may_change(obj)
        return super().render_change_form(request, context, *args, **kwargs)
