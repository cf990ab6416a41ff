"""How does the office see requests for a later date, decide on one, and ask for somebody else?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from milestones import wording
from milestones.errors import DomainError
from milestones.extensions import operations, rules
from milestones.models import Extension, ExtensionState
from milestones.planning.calendars import calendar

from . import columns
from .fields import FuzzyDateField
from .filters import Between, OneOfMany
from .forms import VerbForm, act
from .readonly import ReadOnlyInline
from .site import site
from .status_reports import milestone_link
from .steps import Step, SteppingAdmin

OPEN = (ExtensionState.REQUESTED,)
STEPS = {
    step.verb: step
    for step in (
        Step(
            "approve",
            "extension.approve",
            OPEN,
            pgettext_lazy("extension", "Approve"),
            _("Approve the later date? The note stands in the date history, which everybody reads."),
            lambda extension, typed, act: operations.approve(extension, **typed, **act),
        ),
        Step(
            "decline",
            "extension.decline",
            OPEN,
            pgettext_lazy("extension", "Decline"),
            _("Decline the later date; say why"),
            lambda extension, typed, act: operations.decline(extension, **typed, **act),
        ),
        Step(
            "withdraw",
            "extension.withdraw",
            OPEN,
            pgettext_lazy("extension", "Withdraw"),
            _("Withdraw this request"),
            lambda extension, typed, act: operations.withdraw(extension, **typed, **act),
        ),
    )
}
REPORTS_SHOWN = 3


class ExtensionForm(VerbForm):
    due = FuzzyDateField(label=_("new due"))

    class Meta:
        model = Extension
        fields = ("milestone", "due", "reason", "progress")


class ExtensionRows(ReadOnlyInline):
    """Under a milestone."""

    model = Extension
    fk_name = "milestone"
    fields = readonly_fields = ("requested_at", "shown_old", "shown_due", "late", "shown_state", "shown_note")
    verbose_name_plural = _("Requests for a later date")
    ordering = ("-requested_at", "-id")
    show_change_link = True

    @admin.display(description=_("note"))
    def shown_note(self, row: Extension) -> str:
        return row.words

    @admin.display(description=_("due until then"))
    def shown_old(self, row: Extension) -> str:
        return columns.fuzzy_in_full(row.old)

    @admin.display(description=_("new due"))
    def shown_due(self, row: Extension) -> str:
        return columns.fuzzy_in_full(row.due)

    @admin.display(description=_("state"))
    def shown_state(self, row: Extension) -> str:
        return columns.state(row)


@admin.register(Extension, site=site)
class ExtensionAdmin(SteppingAdmin):
    noun = "extension"
    form = ExtensionForm
    steps = STEPS
    step_template = "admin/lingang/extension.html"
    list_display = (
        "requested_at",
        "shown_milestone",
        "shown_old",
        "shown_due",
        "late",
        "shown_state",
        "requested_by",
        "on_behalf",
        "shown_answer",
        "decided_by",
    )
    list_display_links = ("requested_at",)
    list_select_related = ("milestone__plan", "requested_by", "decided_by")
    list_filter = (
        "state",
        ("milestone__plan", OneOfMany),
        ("milestone__lead", OneOfMany),
        ("decide_by", Between),
        "late",
        "on_behalf",
    )
    search_fields = ("milestone__code", "milestone__title", "requested_by__display_name", "reason", "note")
    search_help_text = _("milestone, person, reason or note")
    ordering = ("-requested_at", "-id")
    autocomplete_fields = ("milestone",)
    readonly_fields = (
        "shown_milestone",
        "shown_old",
        "shown_due",
        "shown_slip",
        "late",
        "shown_state",
        "requested_by",
        "requested_client",
        "requested_at",
        "on_behalf",
        "shown_answer",
        "decided_by",
        "decided_client",
        "decided_at",
        "shown_note",
    )

    # The list -------------------------------------------------------------------------------------------------------
    @admin.display(description=_("milestone"), ordering="milestone__code")
    def shown_milestone(self, obj: Extension) -> SafeString:
        return milestone_link(obj)

    @admin.display(description=_("due until then"), ordering="old_on")
    def shown_old(self, obj: Extension) -> str:
        return columns.fuzzy(obj.old, obj.milestone.plan.year)

    @admin.display(description=_("new due"), ordering="due_on")
    def shown_due(self, obj: Extension) -> str:
        return columns.fuzzy(obj.due, obj.milestone.plan.year)

    @admin.display(description=_("slip in working days"))
    def shown_slip(self, obj: Extension) -> int:
        return rules.slip(obj.old, obj.due, calendar())

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, obj: Extension) -> str:
        return columns.state(obj)

    @admin.display(description=_("note"))
    def shown_note(self, obj: Extension) -> str:
        return obj.words

    @admin.display(description=_("answer by"), ordering="decide_by")
    def shown_answer(self, obj: Extension) -> str | SafeString:
        """With a mark when the day has gone by without an answer."""
        day = wording.day(obj.decide_by, year=obj.milestone.plan.year)
        today = timezone.localdate(timezone=obj.milestone.plan.zone)
        if obj.state != ExtensionState.REQUESTED or today <= obj.decide_by:
            return day
        return format_html('{} <strong class="late">■ {}</strong>', day, _("overdue"))

    # The form -------------------------------------------------------------------------------------------------------
    def groups(self, obj: Any, only_read: bool) -> list[Any]:
        if obj is None:
            return [(None, {"fields": ["milestone", "due", "reason", "progress"]})]
        asked = ["shown_milestone", ("shown_old", "shown_due", "shown_slip"), "reason", ("progress", "late")]
        by = [("requested_by", "requested_client", "requested_at", "on_behalf"), "shown_answer"]
        decided = ["shown_state", ("decided_by", "decided_client", "decided_at"), "shown_note"]
        return [(None, {"fields": [*asked, *by]}), (_("What became of it"), {"fields": decided})]

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> Extension:
        values = form.values(changed_only=False)
        return operations.request(values.pop("milestone"), **values, **act(request))

    def may_change(self, obj: Extension) -> bool:
        """A request is decided or withdrawn, never rewritten."""
        return False

    # The page of a decision -----------------------------------------------------------------------------------------
    def facts(self, obj: Extension) -> dict[str, Any]:
        milestone = obj.milestone
        return {
            "extension": obj,
            "year": milestone.plan.year,
            "slip": rules.slip(obj.old, obj.due, calendar()),
            "objection": _objection(obj),
            "reports": milestone.status_reports.reported().select_related("author")[:REPORTS_SHOWN],
            "earlier": milestone.extensions.exclude(pk=obj.pk),
        }


def _objection(extension: Extension) -> str:
    """Why it cannot be approved any more; empty when it can."""
    try:
        rules.check_holds(extension.old, operations.about(extension.milestone, timezone.now()))
    except DomainError as refusal:
        return str(refusal)
    return ""
