"""How does the office declare a day working or free?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from milestones.models import DayOverride
from milestones.planning import day_overrides
from milestones.workdays.calendar import Calendar

from . import dashboard
from .forms import VerbForm, act
from .site import site
from .verbs import VerbAdmin


class DayOverrideForm(VerbForm):
    def clean_day(self) -> date:
        """The verb would change the older override; here it is said, so that it is changed knowingly."""
        day: date = self.cleaned_data["day"]
        if DayOverride.objects.filter(day=day).exists():
            raise forms.ValidationError(_("There is an override of this day already; open it to change it."))
        return day


@admin.register(DayOverride, site=site)
class DayOverrideAdmin(VerbAdmin):
    noun = "calendar"
    form = DayOverrideForm
    list_display = ("day", "is_working", "published", "note", "updated_at")
    list_filter = ("is_working",)
    search_fields = ("note",)
    date_hierarchy = "day"
    ordering = ("-day",)
    fieldsets = [(None, {"fields": ["day", "is_working", "note"]})]
    change_list_template = "admin/lingang/calendar.html"

    @admin.display(description=gettext_lazy("as published"))
    def published(self, obj: DayOverride) -> str:
        calendar = Calendar()
        name = calendar.name(obj.day, get_language() or "zh-hans")
        said = _("working day") if calendar.is_workday(obj.day) else _("day off")
        return f"{said} · {name}" if name else said

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        provisional = dashboard.provisional_years(timezone.localdate())
        return super().changelist_view(request, {"provisional": provisional, **(extra_context or {})})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("day",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and super().has_change_permission(request, obj)

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> DayOverride:
        return day_overrides.declare(**form.values(changed_only=False), **act(request))

    def change(self, request: HttpRequest, obj: DayOverride, form: Any, formsets: list[Any]) -> None:
        typed = form.values(changed_only=False)
        day_overrides.declare(obj.day, is_working=typed["is_working"], note=typed["note"], **act(request))

    def erase(self, request: HttpRequest, obj: DayOverride) -> None:
        day_overrides.withdraw(obj, version=obj.version, **act(request))
