"""How does the office read progress reports, accept or return them, and file one for somebody else?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from milestones.models import REPORT_TRANSITIONS, UNWRITTEN_STATES, ReportState, StatusReport
from milestones.status_reports import operations

from . import columns, pages
from .fields import FuzzyDateField
from .filters import Between, OneOfMany
from .forms import VerbForm, act
from .readonly import ReadOnlyInline
from .site import site
from .steps import Step, SteppingAdmin

STEPS = {
    step.verb: step
    for step in (
        Step(
            "submit",
            "report.submit",
            REPORT_TRANSITIONS["submit"][0],
            pgettext_lazy("report", "Submit"),
            _("Submit this report? Its forecast becomes the milestone's."),
            lambda report, typed, act: operations.submit(report, **typed, **act),
            pages.Ask,
        ),
        Step(
            "accept",
            "report.accept",
            REPORT_TRANSITIONS["accept"][0],
            pgettext_lazy("report", "Accept"),
            _("Accept this report?"),
            lambda report, typed, act: operations.accept(report, **typed, **act),
        ),
        Step(
            "return",
            "report.return",
            REPORT_TRANSITIONS["return"][0],
            pgettext_lazy("report", "Return"),
            _("Return this report to its author; say what is missing"),
            lambda report, typed, act: operations.return_(report, **typed, **act),
        ),
    )
}


class ReportForm(VerbForm):
    forecast = FuzzyDateField(label=_("forecast"), required=False)

    class Meta:
        model = StatusReport
        fields = ("milestone", "as_of", "progress", "forecast", "done", "obstacles", "help_needed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial.setdefault("forecast", self.instance.forecast)


class ReportRows(ReadOnlyInline):
    """Under a milestone."""

    model = StatusReport
    fields = readonly_fields = ("as_of", "progress", "shown_forecast", "done", "obstacles", "shown_state", "author")
    verbose_name_plural = _("Progress reports")
    ordering = ("-as_of", "-id")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("author")

    @admin.display(description=_("forecast"))
    def shown_forecast(self, row: StatusReport) -> str:
        return columns.fuzzy_in_full(row.forecast) or "—"

    @admin.display(description=_("state"))
    def shown_state(self, row: StatusReport) -> str:
        return columns.state(row)


@admin.register(StatusReport, site=site)
class StatusReportAdmin(SteppingAdmin):
    noun = "report"
    form = ReportForm
    steps = STEPS
    step_template = "admin/lingang/report.html"
    list_display = (
        "as_of",
        "shown_milestone",
        "progress",
        "shown_forecast",
        "shown_state",
        "author",
        "on_behalf",
        "submitted_at",
    )
    list_display_links = ("as_of",)
    list_select_related = ("milestone__plan", "author")
    list_filter = (
        "state",
        ("milestone__plan", OneOfMany),
        ("milestone__lead", OneOfMany),
        ("as_of", Between),
        "on_behalf",
    )
    search_fields = ("milestone__code", "milestone__title", "author__display_name", "done", "obstacles", "help_needed")
    search_help_text = _("milestone, author or words of the report")
    ordering = ("-as_of", "-id")
    autocomplete_fields = ("milestone",)
    readonly_fields = (
        "shown_milestone",
        "shown_state",
        "author",
        "on_behalf",
        "submitted_at",
        "decided_by",
        "decided_at",
        "note",
        "shown_forecast",
    )

    # The list -------------------------------------------------------------------------------------------------------
    @admin.display(description=_("milestone"), ordering="milestone__code")
    def shown_milestone(self, obj: StatusReport) -> SafeString:
        return milestone_link(obj)

    @admin.display(description=_("forecast"), ordering="forecast_on")
    def shown_forecast(self, obj: StatusReport) -> str:
        return columns.fuzzy(obj.forecast, obj.milestone.plan.year)

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, obj: StatusReport) -> str:
        return columns.state(obj)

    # The form -------------------------------------------------------------------------------------------------------
    def groups(self, obj: Any, only_read: bool) -> list[Any]:
        forecast = "shown_forecast" if only_read else "forecast"
        said = [("as_of", "progress"), forecast, "done", "obstacles", "help_needed"]
        if obj is None:
            return [(None, {"fields": ["milestone", *said]})]
        filed = ["shown_state", ("author", "on_behalf", "submitted_at"), ("decided_by", "decided_at"), "note"]
        return [(None, {"fields": ["shown_milestone", *said]}), (_("What became of it"), {"fields": filed})]

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> StatusReport:
        values = form.values(changed_only=False)
        return operations.write(values.pop("milestone"), values, **act(request))

    def change(self, request: HttpRequest, obj: StatusReport, form: Any, formsets: list[Any]) -> None:
        values = form.values(changed_only=True)
        operations.write(obj.milestone, values, report=obj, version=form.cleaned_data["seen"], **act(request))

    def may_change(self, obj: StatusReport) -> bool:
        return obj.state in UNWRITTEN_STATES and obj.milestone.plan.is_active and obj.milestone.is_open

    def may_erase(self, obj: StatusReport) -> bool:
        return obj.state == ReportState.DRAFT

    def erase(self, request: HttpRequest, obj: StatusReport) -> None:
        operations.discard(obj, **act(request))

    def facts(self, obj: StatusReport) -> dict[str, Any]:
        return {"report": obj, "year": obj.milestone.plan.year}


def milestone_link(row: Any) -> SafeString:
    url = reverse("admin:milestones_milestone_change", args=[row.milestone_id])
    return format_html('<a href="{}">{}</a> · {}', url, row.milestone, row.milestone.plan.code)
