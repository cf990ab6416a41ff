"""How are targets kept, their pace shown, and readings added under them?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.errors import DomainError
from milestones.models import PlanState, Reading, Target
from milestones.targets import operations, queries, wording
from milestones.targets.figures import plain
from milestones.targets.recording import Recorded

from . import imports_export, pages, target_pace
from .filters import OneOfMany
from .forms import VerbForm, act
from .site import site
from .target_rows import NewReadings, PasteReadings, PastReadings
from .verbs import VerbAdmin


class TargetForm(VerbForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("value", "value_max"):
            if isinstance(self.initial.get(name), Decimal):
                self.initial[name] = Decimal(plain(self.initial[name]))


class RefusedReading(DomainError):
    """A reading's refusal, told on the form of its target."""

    code = "reading"


@admin.register(Target, site=site)
class TargetAdmin(VerbAdmin):
    noun = "target"
    form = TargetForm
    list_display = (
        "code",
        "name",
        "plan",
        "workstream",
        "measure",
        "shown_goal",
        "shown_reading",
        "attainment",
        "health",
        "lead",
    )
    list_display_links = ("code", "name")
    list_select_related = ("plan", "workstream", "lead")
    list_filter = ("plan", "measure", "bound", ("lead", OneOfMany))
    search_fields = ("code", "name", "name_en", "lead__name", "lead__short_name")
    autocomplete_fields = ("plan", "workstream", "lead")
    inlines = (NewReadings, PastReadings)
    actions = (imports_export.export_chosen,)
    change_list_template = "admin/lingang/target_list.html"
    change_form_template = "admin/lingang/target.html"
    fieldsets = [
        (None, {"fields": ["plan", ("code", "workstream"), "name", "name_en", "lead"]}),
        (_("What is promised"), {"fields": ["measure", "bound", ("value", "value_max", "unit")]}),
        (_("Source"), {"classes": ["collapse"], "fields": [("source_start", "source_end")]}),
    ]

    # The list ------------------------------------------------------------------------------------------------------
    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the pace of every row on the page, by one query."""
        found = super().get_changelist_instance(request)
        rows = list(found.result_list)
        paces = queries.paces_at(rows, timezone.now())
        for row in rows:
            row.pace = paces[row.pk]
        found.result_list = rows
        return found

    @admin.display(description=_("goal"), ordering="value")
    def shown_goal(self, obj: Target) -> str:
        return wording.goal(obj)

    @admin.display(description=_("latest reading"))
    def shown_reading(self, obj: Any) -> str:
        return "—" if obj.pace.value is None else wording.figure(obj.pace.value, obj.unit)

    @admin.display(description=_("attainment"))
    def attainment(self, obj: Any) -> str:
        return wording.attainment(obj.pace) or "—"

    @admin.display(description=_("health"))
    def health(self, obj: Any) -> str | SafeString:
        return target_pace.health(obj.pace)

    # The form ------------------------------------------------------------------------------------------------------
    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """With the pace as it is stored, whatever was typed below."""
        if (target := context.get("original")) is not None:
            stored = self.present(target.pk)
            pace = queries.paces_at([stored], timezone.now())[stored.pk]
            may_paste = stored.plan.state != PlanState.CLOSED
            context |= {"pace_lines": target_pace.lines(stored, pace), "may_paste": may_paste}
        return super().render_change_form(request, context, *args, **kwargs)

    def present(self, pk: Any) -> Target:
        return Target.objects.select_related("plan").get(pk=pk)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("plan",)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else ()

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> Target:
        values = form.values(changed_only=False)
        return operations.create(values.pop("plan"), values, **act(request))

    def change(self, request: HttpRequest, obj: Target, form: Any, formsets: list[Any]) -> None:
        if values := form.values(changed_only=True):
            operations.edit(obj, values, version=form.cleaned_data["seen"], **act(request))
        rows = [row for formset in formsets if formset.model is Reading for row in formset.forms if row.has_changed()]
        for row in rows:
            _record(obj, row.cleaned_data, act(request))

    def may_change(self, obj: Target) -> bool:
        return obj.plan.state != PlanState.CLOSED

    def may_erase(self, obj: Target) -> bool:
        return obj.plan.is_draft

    def erase(self, request: HttpRequest, obj: Target) -> None:
        operations.delete(obj, **act(request))

    def holds(self, obj: Target) -> list[str]:
        return [f"{Reading._meta.verbose_name_plural}: {obj.readings.count()}"]

    # Many readings at once -----------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.paste)
        return [
            *imports_export.urls(self),
            path("<path:object_id>/paste/", view, name="milestones_target_paste"),
            *super().get_urls(),
        ]

    def paste(self, request: HttpRequest, object_id: str) -> HttpResponse:
        target = pages.found(self, request, object_id)
        told: list[str] = []

        def do(target: Target, typed: dict[str, Any], act: dict[str, Any]) -> None:
            told.append(_counted(operations.record_readings(target, typed["readings"], **act)))

        return pages.ask(
            self,
            request,
            target,
            title=_("Paste readings"),
            button=_("Record all"),
            do=do,
            done=lazy(lambda: told[-1], str)(),
            allowed=access.may(act(request)["actor"], "target.record", target),
            form_class=type("PasteReadings", (PasteReadings,), {"unit": target.unit}),
        )


def _record(target: Target, typed: dict[str, Any], act: dict[str, Any]) -> None:
    """A refused reading names its day: the form above has a field of the same name for another thing."""
    fields = {name: typed[name] for name in ("as_of", "value", "source", "provisional", "revises")}
    try:
        operations.record_reading(target, **fields, **act)
    except DomainError as refusal:
        raise RefusedReading(f"{typed['as_of']}: {refusal}") from refusal


def _counted(done: Recorded) -> str:
    words = {"new": len(done.readings), "known": done.unchanged}
    return gettext("Readings recorded: %(new)s; already known: %(known)s.") % words
