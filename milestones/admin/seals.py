"""Up to where is history sealed, and with which digest?"""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from milestones.models import HistorySeal

from .readonly import ReadOnlyAdmin
from .site import site


@admin.register(HistorySeal, site=site)
class HistorySealAdmin(ReadOnlyAdmin):
    list_display = ("at", "first_seq", "last_seq", "digest")
    search_fields = ("digest",)
    search_help_text = _("a digest that was noted elsewhere, or its beginning")
    ordering = ("-id",)
    fields = ("at", ("first_seq", "last_seq"), "previous", "digest")
    readonly_fields = ("at", "first_seq", "last_seq", "previous", "digest")
