"""How does the office see and edit milestones?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from milestones.errors import Conflict
from milestones.models import ChangeEntry, Milestone, PlanState
from milestones.people import preferences
from milestones.planning import operations
from milestones.planning.timeline import timeline

from . import (
    bulk,
    columns,
    conflicts,
    dependencies,
    filters,
    imports_export,
    milestone_list,
    milestone_more,
    policy_view,
    transitions,
)
from .extensions import ExtensionRows
from .filters import Between, InWorkstream, OneOfMany, Overdue, Unassigned
from .forms import act
from .milestone_form import MilestoneForm
from .milestone_rows import DateRevisions, EvidenceRows, Parties, merge_parties, party_inputs
from .notice_issuing import issue_many
from .site import site
from .status_reports import ReportRows
from .verbs import VerbAdmin

PROMISE = (
    _("What was promised"),
    {
        "fields": [
            "plan",
            ("code", "workstream"),
            "title",
            "title_en",
            ("kind", "stage", "weight"),
            "criterion",
            "description",
            "parent",
        ]
    },
)
WHO = (_("Who answers for it"), {"fields": ["accountable", "lead"]})
DATES = (
    _("The four dates"),
    {"fields": ["shown_baseline", "due", "forecast", "shown_actual", "knock_on", "carried", "reason"]},
)
DONE = (
    _("State and completion"),
    {
        "fields": [
            "state",
            "shown_health_in_full",
            "statement",
            ("submitted_by", "submitted_at"),
            ("verified_by", "verified_at"),
        ]
    },
)
MORE = (
    _("Reminders and source"),
    {"classes": ["collapse"], "fields": ["policy", "ladder", "reminders_sent", ("source_start", "source_end")]},
)


@admin.register(Milestone, site=site)
class MilestoneAdmin(VerbAdmin):
    noun = "milestone"
    form = MilestoneForm
    list_display = (
        "code",
        "shown_title",
        "workstream",
        "kind",
        "shown_state",
        "shown_health",
        "shown_due",
        "shown_baseline",
        "shown_forecast",
        "shown_owner",
        "lead",
    )
    list_display_links = ("code", "shown_title")
    list_select_related = ("plan", "workstream", "accountable", "lead")
    list_filter = (
        "plan",
        ("plan__state", filters.PlanState),
        InWorkstream,
        "kind",
        "state",
        "health",
        ("due_on", Between),
        ("lead", OneOfMany),
        ("accountable", OneOfMany),
        Unassigned,
        Overdue,
    )
    search_fields = (
        "code",
        "title",
        "title_en",
        "accountable__display_name",
        "accountable__email",
        "lead__name",
        "lead__short_name",
    )
    search_help_text = _("code, title, pinyin or initials, owner or organisation")
    date_hierarchy = "due_on"
    ordering = ("due_on", "code")
    autocomplete_fields = ("plan", "workstream", "accountable", "lead", "parent", "policy")
    inlines = (Parties, ReportRows, ExtensionRows, EvidenceRows, DateRevisions, *milestone_more.ROWS)
    actions = (*bulk.ACTIONS, issue_many, imports_export.export_chosen)
    change_list_template = "admin/lingang/import_milestones.html"
    change_form_template = "admin/lingang/milestone.html"

    # The list ------------------------------------------------------------------------------------------------------
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With what all its rows sum up to, and the filters that are kept."""
        answer = super().changelist_view(request, extra_context)
        context = getattr(answer, "context_data", None)
        if context is not None and "cl" in context:
            context["totals"] = milestone_list.totals(context["cl"].queryset)
            context["kept"] = milestone_list.kept(request)
            context["query"] = milestone_list.query_of(request)
        return answer

    @admin.display(description=_("title"), ordering="title")
    def shown_title(self, obj: Milestone) -> str:
        return obj.title

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, obj: Milestone) -> str:
        return columns.state(obj)

    @admin.display(description=_("health"), ordering="health", empty_value="—")
    def shown_health(self, obj: Milestone) -> str:
        return columns.health(obj)

    @admin.display(description=_("health"), empty_value="—")
    def shown_health_in_full(self, obj: Milestone) -> str:
        return columns.health_in_full(obj)

    @admin.display(description=_("due"), ordering="due_on")
    def shown_due(self, obj: Milestone) -> str:
        return columns.due(obj)

    @admin.display(description=_("baseline"), ordering="baseline_on")
    def shown_baseline(self, obj: Milestone) -> str:
        return columns.fuzzy(obj.baseline, obj.plan.year) if obj.baseline_on else ""

    @admin.display(description=_("forecast"), ordering="forecast_on")
    def shown_forecast(self, obj: Milestone) -> str:
        return columns.fuzzy(obj.forecast, obj.plan.year)

    @admin.display(description=_("owner"), ordering="accountable__display_name")
    def shown_owner(self, obj: Milestone) -> str:
        return columns.owner(obj)

    @admin.display(description=_("actual"), empty_value="—")
    def shown_actual(self, obj: Milestone) -> str:
        return columns.fuzzy_in_full(obj.actual) or "—"

    @admin.display(description=_("knock-on"), empty_value="—")
    def knock_on(self, obj: Milestone) -> str:
        return dependencies.knock_on(obj) or "—"

    @admin.display(description=_("carried over"), empty_value="—")
    def carried(self, obj: Milestone) -> str:
        return columns.carried(obj) or "—"

    @admin.display(description=_("steps that count today"))
    def ladder(self, obj: Milestone) -> str:
        return policy_view.of_milestone(obj)

    @admin.display(description=_("reminder ledger"))
    def reminders_sent(self, obj: Milestone) -> str:
        url = f"{reverse('admin:milestones_reminder_changelist')}?milestone__id__exact={obj.pk}"
        return format_html('<a href="{}">{}</a>', url, _("what was and will be sent"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset.select_related("plan"), term)

    def label(self, obj: Any) -> str:
        return f"{obj.code} {obj.title} · {obj.plan.code}"

    # The form ------------------------------------------------------------------------------------------------------
    def groups(self, obj: Any, only_read: bool) -> list[Any]:
        if obj is None:
            dates = (DATES[0], {"fields": ["due", "forecast"]})
            more = (MORE[0], {**MORE[1], "fields": ["policy", ("source_start", "source_end")]})
            return [PROMISE, WHO, dates, more]
        read = ["shown_baseline", "shown_due", "shown_forecast", "shown_actual", "knock_on", "carried"]
        shown = (DATES[0], {"fields": read})
        who = (WHO[0], {"fields": [*WHO[1]["fields"], "owner_mutes"]}) if self.owner_mutes(obj) else WHO
        return [PROMISE, who, shown if only_read else DATES, DONE, MORE]

    @admin.display(description=_("the owner mutes"))
    def owner_mutes(self, obj: Milestone) -> str:
        """Empty when no reminder of this milestone is muted by whoever is accountable."""
        owner = obj.accountable
        return "; ".join(preferences.mutes(owner, timezone.localdate())) if owner is not None else ""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return (
            "plan",
            "shown_baseline",
            "shown_due",
            "shown_forecast",
            "shown_actual",
            "knock_on",
            "carried",
            "ladder",
            "reminders_sent",
            "owner_mutes",
            "state",
            "shown_health_in_full",
            "statement",
            "submitted_by",
            "submitted_at",
            "verified_by",
            "verified_at",
        )

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        return self.autocomplete_fields

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else (Parties,)

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> Milestone:
        values = form.values(changed_only=False)
        plan = values.pop("plan")
        return operations.create(plan, values, parties=party_inputs(formsets) or (), **act(request))

    def change(self, request: HttpRequest, obj: Milestone, form: Any, formsets: list[Any]) -> None:
        typed = form.cleaned_data
        operations.change(
            obj,
            form.values(changed_only=True),
            reason=typed["reason"],
            version=typed["seen"],
            parties=party_inputs(formsets),
            **act(request),
        )

    def compare(self, request: HttpRequest, object_id: str | None, conflict: Conflict) -> conflicts.Comparison:
        shown = super().compare(request, object_id, conflict)
        return merge_parties(request, self.present(object_id), conflict, shown)

    def history_of(self, request: HttpRequest, obj: Any) -> QuerySet[ChangeEntry]:
        """With all that hangs on the milestone."""
        return timeline(obj, act(request)["actor"])

    def may_change(self, obj: Milestone) -> bool:
        return obj.plan.state != PlanState.CLOSED

    def may_erase(self, obj: Milestone) -> bool:
        return obj.plan.is_draft

    def erase(self, request: HttpRequest, obj: Milestone) -> None:
        operations.delete(obj, **act(request))

    # What else can be done -------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<path:object_id>/do/<slug:verb>/",
            self.admin_site.admin_view(self.transition),
            name="milestones_milestone_do",
        )
        return [
            page,
            *imports_export.urls(self),
            *milestone_list.urls(self),
            *milestone_more.urls(self),
            *super().get_urls(),
        ]

    def transition(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        return transitions.page(self, request, object_id, verb)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["steps"] = transitions.open_to(request, kwargs["obj"]) if kwargs.get("obj") is not None else []
        context["more"] = milestone_more.buttons(kwargs["obj"]) if kwargs.get("obj") is not None else []
        return super().render_change_form(request, context, *args, **kwargs)
