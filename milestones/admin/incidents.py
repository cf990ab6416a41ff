"""When did reminders stop leaving, for how long, why, and was the alarm posted?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from milestones.models import Incident
from milestones.upkeep.faults import Problem

from .filters import Between
from .readonly import ReadOnlyAdmin
from .site import site


@admin.register(Incident, site=site)
class IncidentAdmin(ReadOnlyAdmin):
    list_display = ("opened_at", "ended", "lasted", "what", "seen_by", "posted_at", "post_reply")
    list_filter = ("is_open", ("opened_at", Between))
    search_fields = ("seen_by", "post_reply")
    ordering = ("-opened_at", "-id")
    fields = ("opened_at", "ended", "lasted", "what", "seen_by", "posted_at", "post_reply")
    readonly_fields = fields

    @admin.display(description=_("ended"), ordering="closed_at")
    def ended(self, obj: Incident) -> Any:
        return date_format(timezone.localtime(obj.closed_at), "DATETIME_FORMAT") if obj.closed_at else _("goes on")

    @admin.display(description=_("how long"))
    def lasted(self, obj: Incident) -> str:
        return timesince(obj.opened_at, obj.closed_at or timezone.now())

    @admin.display(description=_("what was wrong"))
    def what(self, obj: Incident) -> SafeString:
        """Each in the words of the moment at which it ended, or as it is now."""
        end = obj.closed_at or timezone.now()
        return format_html_join(
            SafeString("<br>"), "{}", ((Problem.read(row).words(_until(row, end)),) for row in obj.problems)
        )


def _until(row: dict[str, Any], end: datetime) -> datetime:
    return datetime.fromisoformat(row["until"]) if "until" in row else end
