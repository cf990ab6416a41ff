"""How does somebody set a milestone's health by hand, and take that back?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.models import HealthOverride, Milestone
from milestones.models.health import GIVEN
from milestones.planning import overrides

from . import pages
from .columns import HEALTH_SHAPES
from .fields import DayInput
from .forms import act
from .readonly import ReadOnlyInline

CHOICES = [(one.value, f"{HEALTH_SHAPES[one.value]} {one.label}") for one in GIVEN]


class AskOverride(pages.AskReason):
    health = forms.ChoiceField(label=_("health"), choices=CHOICES)
    until = forms.DateField(
        label=_("until"), widget=DayInput, help_text=_("The last day on which it is shown instead of the computed one.")
    )
    field_order = ("health", "until", "reason")


class OverrideRows(ReadOnlyInline):
    model = HealthOverride
    fields = readonly_fields = ("shown_health", "until", "reason", "given_by", "created_at", "withdrawn_at")
    verbose_name_plural = _("Health set by hand")
    ordering = ("-created_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("given_by")

    @admin.display(description=_("health"))
    def shown_health(self, row: HealthOverride) -> SafeString:
        said = (row.health, HEALTH_SHAPES[row.health], row.get_health_display())
        return format_html('<span class="health health-{}">{} {}</span>', *said)


def page(host: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Asks for an override, or, when one is in force, whether to withdraw that."""
    milestone = pages.found(host, request, object_id)
    found = overrides.in_force(milestone, timezone.localdate(timezone=milestone.plan.zone))
    return _give(host, request, milestone) if found is None else _withdraw(host, request, milestone, found)


def _give(host: Any, request: HttpRequest, milestone: Milestone) -> HttpResponse:
    return pages.ask(
        host,
        request,
        milestone,
        title=_("Set the health of this milestone by hand"),
        button=_("Set health"),
        do=lambda milestone, typed, act: overrides.give(milestone, **typed, **act),
        form_class=AskOverride,
        allowed=access.may(act(request)["actor"], "milestone.override_health", milestone),
    )


def _withdraw(host: Any, request: HttpRequest, milestone: Milestone, found: HealthOverride) -> HttpResponse:
    def do(milestone: Milestone, typed: dict[str, Any], act: dict[str, Any]) -> None:
        overrides.withdraw(found, reason=typed["reason"], **act)

    return pages.ask(
        host,
        request,
        milestone,
        title=_("Show the computed health of this milestone again"),
        button=_("Withdraw override"),
        do=do,
        form_class=pages.AskReason,
        allowed=access.may(act(request)["actor"], "milestone.withdraw_override", milestone),
    )
