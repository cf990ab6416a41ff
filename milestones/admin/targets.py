"""How are targets kept, and readings added under them?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.errors import DomainError
from milestones.models import PlanState, Reading, Target
from milestones.targets import operations

from .fields import DayInput
from .filters import OneOfMany
from .forms import VerbForm, act
from .readonly import ReadOnlyInline
from .site import site
from .verbs import VerbAdmin


class PastReadings(ReadOnlyInline):
    model = Reading
    fields = readonly_fields = ("as_of", "shown_value", "source", "provisional", "revises", "recorded_by", "created_at")
    ordering = ("-as_of", "-id")
    verbose_name_plural = _("Readings so far")

    @admin.display(description=_("value"))
    def shown_value(self, row: Reading) -> str:
        return plain(row.value)


class TargetForm(VerbForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("value", "value_max"):
            if isinstance(self.initial.get(name), Decimal):
                self.initial[name] = Decimal(plain(self.initial[name]))


class ReadingForm(forms.ModelForm):
    class Meta:
        model = Reading
        fields = ("as_of", "value", "source", "provisional", "revises")
        widgets = {"as_of": DayInput()}

    def __init__(self, *args: Any, target: Target | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Reading.objects.filter(target=target, revised_by__isnull=True) if target else Reading.objects.none()
        revises = self.fields["revises"]
        assert isinstance(revises, forms.ModelChoiceField)
        revises.queryset, revises.help_text = rows, _("the older reading that this one corrects")


class NewRows(BaseInlineFormSet):
    """Only new rows: a reading is never edited, a correction is a row of its own."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().none()

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        target = self.instance if not self.instance._state.adding else None
        return {**super().get_form_kwargs(index), "target": target}


class NewReadings(admin.TabularInline):
    model = Reading
    form, formset = ReadingForm, NewRows
    extra = 1
    can_delete = False
    verbose_name_plural = _("Add readings")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_enter_admin(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(act(request)["actor"], "target.record", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RefusedReading(DomainError):
    """A reading's refusal, told on the form of its target."""

    code = "reading"


@admin.register(Target, site=site)
class TargetAdmin(VerbAdmin):
    noun = "target"
    form = TargetForm
    list_display = ("code", "name", "plan", "workstream", "measure", "bound", "shown_value", "unit", "lead")
    list_display_links = ("code", "name")
    list_select_related = ("plan", "workstream", "lead")
    list_filter = ("plan", "measure", "bound", ("lead", OneOfMany))
    search_fields = ("code", "name", "name_en", "lead__name", "lead__short_name")
    autocomplete_fields = ("plan", "workstream", "lead")
    inlines = (NewReadings, PastReadings)
    fieldsets = [
        (None, {"fields": ["plan", ("code", "workstream"), "name", "name_en", "lead"]}),
        (_("What is promised"), {"fields": ["measure", "bound", ("value", "value_max", "unit")]}),
        (_("Source"), {"classes": ["collapse"], "fields": [("source_start", "source_end")]}),
    ]

    @admin.display(description=_("value"), ordering="value")
    def shown_value(self, obj: Target) -> str:
        return plain(obj.value) if obj.value_max is None else f"{plain(obj.value)}–{plain(obj.value_max)}"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("plan",)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else ()

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> Target:
        values = form.values(changed_only=False)
        return operations.create(values.pop("plan"), values, **act(request))

    def change(self, request: HttpRequest, obj: Target, form: Any, formsets: list[Any]) -> None:
        if values := form.values(changed_only=True):
            operations.edit(obj, values, version=form.cleaned_data["seen"], **act(request))
        rows = [row for formset in formsets if formset.model is Reading for row in formset.forms if row.has_changed()]
        for row in rows:
            _record(obj, row.cleaned_data, act(request))

    def may_change(self, obj: Target) -> bool:
        return obj.plan.state != PlanState.CLOSED

    def may_erase(self, obj: Target) -> bool:
        return obj.plan.is_draft

    def erase(self, request: HttpRequest, obj: Target) -> None:
        operations.delete(obj, **act(request))

    def holds(self, obj: Target) -> list[str]:
        return [f"{Reading._meta.verbose_name_plural}: {obj.readings.count()}"]


def _record(target: Target, typed: dict[str, Any], act: dict[str, Any]) -> None:
    """A refused reading names its day: the form above has a field of the same name for another thing."""
    fields = {name: typed[name] for name in ("as_of", "value", "source", "provisional", "revises")}
    try:
        operations.record_reading(target, **fields, **act)
    except DomainError as refusal:
        raise RefusedReading(f"{typed['as_of']}: {refusal}") from refusal


def plain(value: Any) -> str:
    """A decimal without trailing zeros: 10, 2.5."""
    return f"{value.normalize():f}"
