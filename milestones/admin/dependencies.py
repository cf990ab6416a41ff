"""How does the office say what waits for what, and see what a delay does to it?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones import access, wording
from milestones.actors import Actor
from milestones.models import Dependency, Milestone
from milestones.planning import dependencies, ripples
from milestones.planning.ripples import Ripple

from .filters import OneOfMany
from .forms import act, person
from .readonly import ReadOnlyInline
from .site import site
from .verbs import VerbAdmin


def said(ripple: Ripple) -> str:
    """“not before 7 October, 5 working days later than expected, because of FIN-01”"""
    delay = ripple.delay
    words = ngettext(
        "not before %(day)s, %(count)s working day later than expected, because of %(code)s",
        "not before %(day)s, %(count)s working days later than expected, because of %(code)s",
        delay.days,
    )
    day = wording.period_with_day(delay.to) if delay.to.is_fuzzy else wording.day(delay.earliest)
    return words % {"day": day, "count": delay.days, "code": name(ripple.because, ripple.milestone)}


def name(milestone: Milestone, seen_from: Milestone) -> str:
    """The code, with the plan's when it is another."""
    code = milestone.code
    return code if milestone.plan_id == seen_from.plan_id else f"{milestone.plan.code}/{code}"


def knock_on(milestone: Milestone) -> str | SafeString:
    """What the dependencies do to the milestone's date, to the office, which sees all; empty when they do nothing."""
    one = Milestone.objects.filter(pk=milestone.pk)
    ripple = ripples.of_milestones(one, Actor.system()).ripples().get(milestone.pk)
    return format_html('<strong class="late">{}</strong>', said(ripple)) if ripple else ""


class _Rows(ReadOnlyInline):
    """Each with a link to change its lag or remove it."""

    model = Dependency
    show_change_link = True
    ordering = ("created_at", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        near = ("predecessor__plan", "successor__plan")
        return access.visible(super().get_queryset(request), person(request)).select_related(*near)

    @admin.display(description=gettext_lazy("expected"))
    def expected(self, row: Dependency) -> str:
        other = row.predecessor if self.fk_name == "successor" else row.successor
        return wording.period_with_day(other.actual or other.forecast or other.due)


class WaitsFor(_Rows):
    fk_name = "successor"
    fields = readonly_fields = ("predecessor", "expected", "lag")
    verbose_name_plural = gettext_lazy("Waits for")


class WaitedFor(_Rows):
    fk_name = "predecessor"
    fields = readonly_fields = ("successor", "expected", "lag")
    verbose_name_plural = gettext_lazy("Is waited for by")


@admin.register(Dependency, site=site)
class DependencyAdmin(VerbAdmin):
    noun = "dependency"
    list_display = ("predecessor", "successor", "lag", "plan", "delayed")
    list_display_links = ("predecessor", "successor")
    list_select_related = ("predecessor__plan", "successor__plan")
    list_filter = (("successor__plan", OneOfMany),)
    search_fields = ("predecessor__code", "predecessor__title", "successor__code", "successor__title")
    autocomplete_fields = ("predecessor", "successor")
    fieldsets = [(None, {"fields": ["predecessor", "successor", "lag"]})]

    @admin.display(description=gettext_lazy("plan"), ordering="successor__plan")
    def plan(self, obj: Dependency) -> str:
        return obj.successor.plan.code

    @admin.display(description=gettext_lazy("knock-on"))
    def delayed(self, obj: Dependency) -> str:
        """What the successor's dependencies, this one included, do to its date."""
        ripple = getattr(obj, "ripple", None)
        return said(ripple) if ripple else "—"

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the knock-on of each row shown; a constant number of queries more."""
        shown = super().get_changelist_instance(request)
        rows: list[Any] = list(shown.result_list)
        successors = Milestone.objects.filter(pk__in={row.successor_id for row in rows})
        found = ripples.of_milestones(successors, person(request)).ripples() if rows else {}
        for row in rows:
            row.ripple = found.get(row.successor_id)
        shown.result_list = rows
        return shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("predecessor", "successor")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.may(person(request), "dependency.add")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and access.may(person(request), "dependency.remove", obj)

    def may_change(self, obj: Dependency) -> bool:
        return all(one.plan.is_draft or one.plan.is_active for one in (obj.predecessor, obj.successor))

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> Dependency:
        typed = form.values(changed_only=False)
        return dependencies.add(typed["predecessor"], typed["successor"], lag=typed["lag"], **act(request))

    def change(self, request: HttpRequest, obj: Dependency, form: Any, formsets: list[Any]) -> None:
        dependencies.edit(obj, lag=form.cleaned_data["lag"], version=form.cleaned_data["seen"], **act(request))

    def erase(self, request: HttpRequest, obj: Dependency) -> None:
        dependencies.remove(obj, **act(request))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        return [_("%(one)s: nothing waits here any more.") % {"one": one} for one in objs], {}, set(), []
