"""How does the office declare a day working or free?"""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from milestones.models import DayOverride
from milestones.planning import day_overrides
from milestones.workdays.calendar import Calendar

from . import announcing, dashboard, year_calendar
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
        """The year that the list is narrowed to, else this one, is drawn above the list."""
        today = timezone.localdate()
        asked = request.GET.get("day__year", "")
        number = int(asked) if asked.isdecimal() and MINYEAR < int(asked) < MAXYEAR else today.year
        shown = {
            "provisional": dashboard.provisional_years(today),
            "year": year_calendar.year(number, may_edit=self.has_add_permission(request)),
        }
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(lambda request: announcing.page(self, request))
        return [path("notice/", view, name="milestones_dayoverride_notice"), *super().get_urls()]

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
