"""How does the office prepare, activate and close a plan?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.models import Milestone, Plan, PlanState, State
from milestones.planning import plans
from milestones.reminders.preview import preview

from . import carry_over, columns, pages
from .fields import ReasonField
from .forms import act
from .site import site
from .verbs import VerbAdmin

AHEAD = 7  # days that the confirmation looks ahead


class Closing(pages.Ask):
    reason = ReasonField(required=False)


@admin.register(Plan, site=site)
class PlanAdmin(VerbAdmin):
    noun = "plan"
    list_display = (
        "code",
        "title",
        "year",
        "shown_state",
        "milestones_total",
        "milestones_open",
        "milestones_done",
        "unassigned",
    )
    list_display_links = ("code", "title")
    list_filter = ("state", "year")
    search_fields = ("code", "title", "title_en")
    ordering = ("-year", "code")
    autocomplete_fields = ("policy",)
    readonly_fields = ("state", "activated_at", "closed_at")
    fieldsets = [
        (None, {"fields": [("code", "year"), "title", "title_en", ("starts_on", "ends_on"), "time_zone", "policy"]}),
        (
            _("Reports and health"),
            {"fields": [("report_cadence", "report_day", "weekly_from"), ("warning_days", "tolerance")]},
        ),
        (_("Source"), {"classes": ["collapse"], "fields": ["source_document"]}),
        (_("State"), {"fields": [("state", "activated_at", "closed_at")]}),
    ]
    change_form_template = "admin/lingang/plan.html"

    # The list ------------------------------------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        kept = ~Q(milestones__state=State.CANCELLED)
        unassigned = Q(
            milestones__state__in=["planned", "in_progress", "submitted"], milestones__accountable__isnull=True
        )
        return (
            super()
            .get_queryset(request)
            .annotate(
                total=Count("milestones", filter=kept),
                done=Count("milestones", filter=Q(milestones__state=State.COMPLETED)),
                nobody=Count("milestones", filter=unassigned),
            )
        )

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, obj: Plan) -> SafeString:
        return columns.state(obj)

    @admin.display(description=_("milestones"), ordering="total")
    def milestones_total(self, obj: Any) -> SafeString:
        return _rows(obj.total, plan__id__exact=obj.pk)

    @admin.display(description=_("open"))
    def milestones_open(self, obj: Any) -> int:
        return int(obj.total - obj.done)

    @admin.display(description=_("completed"), ordering="done")
    def milestones_done(self, obj: Any) -> SafeString:
        return _rows(obj.done, plan__id__exact=obj.pk, state__exact="completed")

    @admin.display(description=_("unassigned"), ordering="nobody")
    def unassigned(self, obj: Any) -> SafeString:
        return _rows(obj.nobody, plan__id__exact=obj.pk, unassigned="yes")

    # The form ------------------------------------------------------------------------------------------------------
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj is None or obj.is_draft else ("code", *self.readonly_fields)

    def groups(self, obj: Any, only_read: bool) -> list[Any]:
        return super().groups(obj, only_read)[: -1 if obj is None else None]

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> Plan:
        return plans.create(form.values(changed_only=False), **act(request))

    def change(self, request: HttpRequest, obj: Plan, form: Any, formsets: list[Any]) -> None:
        plans.edit(obj, form.values(changed_only=True), version=form.cleaned_data["seen"], **act(request))

    def may_change(self, obj: Plan) -> bool:
        return obj.state != PlanState.CLOSED

    def may_erase(self, obj: Plan) -> bool:
        return obj.is_draft

    def erase(self, request: HttpRequest, obj: Plan) -> None:
        plans.delete(obj, **act(request))

    def holds(self, obj: Plan) -> list[str]:
        kinds: list[Any] = [obj.workstreams, obj.milestones, obj.targets]
        return [f"{kind.model._meta.verbose_name_plural}: {kind.count()}" for kind in kinds]

    # Activating and closing ----------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.step)
        return [path("<path:object_id>/do/<slug:verb>/", view, name="milestones_plan_do"), *super().get_urls()]

    def step(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        plan = pages.found(self, request, object_id)
        if verb == "carry-over":
            return carry_over.page(self, request, plan)
        allowed = access.may(act(request)["actor"], f"plan.{verb}", plan)
        if verb == "activate":
            return pages.ask(
                self,
                request,
                plan,
                title=_("Activate this plan?"),
                button=_("Activate"),
                allowed=allowed,
                do=lambda p, typed, act: plans.activate(p, **typed, **act),
                done=_("The plan is active."),
                template="admin/lingang/activate.html",
                shown=outlook(plan, plan.is_draft),
            )
        if verb == "close":
            return pages.ask(
                self,
                request,
                plan,
                title=_("Close this plan?"),
                button=_("Close"),
                allowed=allowed,
                do=lambda p, typed, act: plans.close(p, **typed, **act),
                done=_("The plan is closed."),
                form_class=Closing,
                template="admin/lingang/close.html",
                shown=outlook(plan, False),
            )
        raise Http404


def outlook(plan: Plan, with_mails: bool) -> dict[str, Any]:
    """What is unassigned or open, and how many mails the next days will send: one a person and day."""
    opened = plan.milestones.open()
    unassigned: QuerySet[Milestone] = (
        opened.unassigned().select_related("workstream", "lead").order_by("due_on", "code")
    )
    shown = {
        "plan": plan,
        "open": opened.count(),
        "unassigned": unassigned[:30],
        "unassigned_count": unassigned.count(),
        "submitted": opened.filter(state=State.SUBMITTED).count(),
        "days": AHEAD,
        "rows_url": f"{reverse('admin:milestones_milestone_changelist')}?plan__id__exact={plan.pk}&unassigned=yes",
    }
    return shown | (mails(plan) if with_mails else {})


def mails(plan: Plan) -> dict[str, Any]:
    now = timezone.now()
    today = timezone.localdate(now, plan.zone)
    rows = preview(plan=plan, first=today, last=today + timedelta(days=AHEAD - 1), now=now)
    envelopes = {(row.day, row.recipient) for row in rows}
    by_day = sorted({day: sum(1 for d, _who in envelopes if d == day) for day, _who in envelopes}.items())
    return {
        "mail_count": len(envelopes),
        "reminder_count": len(rows),
        "people_count": len({who for _day, who in envelopes}),
        "by_day": by_day,
    }


def _rows(count: int, **filters: Any) -> SafeString:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return format_html('<a href="{}?{}">{}</a>', reverse("admin:milestones_milestone_changelist"), query, count)
