"""Which reminders were planned, sent or held back, and why?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from milestones.models import Reminder, Suppression

from . import columns, reminder_centre
from .filters import Between, Hidden, OneOfMany
from .policy_steps import when
from .readonly import ReadOnlyAdmin
from .site import site


@admin.register(Reminder, site=site)
class ReminderAdmin(ReadOnlyAdmin):
    show_facets = admin.ShowFacets.NEVER  # of rows without end
    change_list_template = "admin/lingang/reminders.html"
    list_display = (
        "day",
        "recipient",
        "milestone_code",
        "milestone_title",
        "step_words",
        "occurrence",
        "shown_state",
        "why",
        "mail_link",
    )
    list_display_links = ("day",)
    list_select_related = ("recipient", "milestone", "step", "step_version")
    list_filter = (
        "state",
        ("day", Between),
        ("recipient", OneOfMany),
        ("milestone", OneOfMany),
        "reason",
        ("mail", Hidden),
    )
    search_fields = ("milestone__code", "milestone__title", "recipient__display_name", "recipient__email")
    date_hierarchy = "day"
    ordering = ("-day", "-id")
    fields = (
        "day",
        "recipient",
        "milestone",
        "step",
        "step_words",
        "due_version",
        "occurrence",
        "channel",
        "shown_state",
        "why",
        "mail_link",
        "planned_at",
        "updated_at",
    )
    readonly_fields = fields

    def get_urls(self) -> list[Any]:
        return [*reminder_centre.urls(self), *super().get_urls()]

    @admin.display(description=_("code"), ordering="milestone__code")
    def milestone_code(self, obj: Reminder) -> str:
        return obj.milestone.code

    @admin.display(description=_("milestone"), ordering="milestone__title")
    def milestone_title(self, obj: Reminder) -> SafeString:
        url = reverse("admin:milestones_milestone_change", args=[obj.milestone_id])
        return format_html('<a href="{}">{}</a>', url, obj.milestone.title)

    @admin.display(description=_("step"), ordering="step__code")
    def step_words(self, obj: Reminder) -> str:
        return when(obj.step_version)

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, obj: Reminder) -> SafeString:
        return columns.state(obj)

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, obj: Reminder) -> str:
        return str(dict(Suppression.choices).get(obj.reason, obj.reason))

    @admin.display(description=_("mail"))
    def mail_link(self, obj: Reminder) -> str | SafeString:
        if obj.mail_id is None:
            return ""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:milestones_outgoingmail_change", args=[obj.mail_id]), _("mail")
        )
