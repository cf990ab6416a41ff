"""How does the office edit a ladder of reminders, so that each edit is a new version effective from tomorrow?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import access
from milestones.changes import steps
from milestones.errors import Conflict
from milestones.models import Anchor, DayUnit, ReminderPolicy, ReminderStep, StepVersion
from milestones.reminders import policies
from milestones.reminders.policies import StepInput

from . import conflicts
from .forms import act
from .site import site
from .verbs import VerbAdmin

PREFIX = "steps"
WORDS = ("code", "anchor", "offset", "unit", "repeats")


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def ladder(policy: ReminderPolicy) -> list[StepVersion]:
    """What the policy says from tomorrow on, in the order in which the steps come."""
    found = policies.versions_on(policy, tomorrow()) if not policy._state.adding else []
    return sorted(found, key=_place)


def _place(version: StepVersion) -> tuple[int, int]:
    sign = -1 if version.anchor == Anchor.BEFORE_DUE else 1
    return Anchor.values.index(version.anchor), sign * version.offset


class StepForm(forms.ModelForm):
    """A step and what its version of tomorrow says."""

    anchor = forms.ChoiceField(label=gettext_lazy("anchor"), choices=Anchor.choices)
    offset = forms.IntegerField(label=gettext_lazy("days"), min_value=0, max_value=400, initial=1)
    unit = forms.ChoiceField(label=gettext_lazy("unit"), choices=DayUnit.choices)
    repeats = forms.BooleanField(label=gettext_lazy("repeats"), required=False)

    class Meta:
        model = ReminderStep
        fields = ("code",)

    def __init__(self, *args: Any, said: StepVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if said is not None:
            self.initial.update({name: getattr(said, name) for name in WORDS[1:]})
            self.fields["code"].disabled = True

    def validate_unique(self) -> None:
        """Nothing: the code of a step that was removed may come back; the verb refuses a code given twice."""


class StepRows(BaseInlineFormSet):
    """The steps of tomorrow's ladder; removed ones stand in the versions only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said = ladder(self.instance)

    def get_queryset(self) -> Any:
        if not hasattr(self, "_steps"):
            self._steps = [version.step for version in self.said]
        return self._steps

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        known = index is not None and index < self.initial_form_count() and index < len(self.said)
        said = self.said[index] if known and index is not None else None
        return {**super().get_form_kwargs(index), "said": said}

    def validate_unique(self) -> None:
        """Nothing: see StepForm."""


class Steps(admin.TabularInline):
    model = ReminderStep
    form, formset = StepForm, StepRows
    fields = WORDS
    extra = 0
    verbose_name_plural = gettext_lazy("Steps from tomorrow on")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_enter_admin(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(act(request)["actor"], "policy.edit", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)


@admin.register(ReminderPolicy, site=site)
class PolicyAdmin(VerbAdmin):
    noun = "policy"
    list_display = ("code", "name", "is_default", "steps_total")
    list_display_links = ("code", "name")
    search_fields = ("code", "name")
    inlines = (Steps,)
    fieldsets = [
        (
            None,
            {
                "fields": ["code", "name", "is_default"],
                "description": gettext_lazy(
                    "A changed step counts from tomorrow on; what was sent keeps the version it was planned from."
                ),
            },
        ),
        (gettext_lazy("Versions"), {"fields": ["versions"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(total=Count("steps"))

    @admin.display(description=gettext_lazy("steps"))
    def steps_total(self, obj: Any) -> int:
        return int(obj.total)

    @admin.display(description=gettext_lazy("versions"))
    def versions(self, obj: ReminderPolicy) -> SafeString:
        found = StepVersion.objects.filter(step__policy=obj).select_related("step").order_by("step__code", "number")
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{} – {}</td></tr>",
            ((v.step.code, v.number, said(v), v.effective_from, v.effective_until or "") for v in found),
        )
        head = (_("code"), _("number"), _("step"), _("effective"))
        return format_html(
            "<table class='versions'><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>{}</table>", *head, rows
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("code", "is_default", "versions")

    def groups(self, obj: Any, only_read: bool) -> list[Any]:
        return super().groups(obj, only_read) if obj is not None else [(None, {"fields": ["code", "name"]})]

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> ReminderPolicy:
        return policies.create_policy(form.values(changed_only=False), _inputs(formsets), **act(request))

    def change(self, request: HttpRequest, obj: ReminderPolicy, form: Any, formsets: list[Any]) -> None:
        version = form.cleaned_data["seen"]
        if values := form.values(changed_only=True):
            policies.edit(obj, values, version=version, **act(request))
            version = None  # the row was just taken in the version that was looked at
        if any(formset.has_changed() for formset in formsets):
            policies.edit_steps(obj, _inputs(formsets), version=version, **act(request))

    def compare(self, request: HttpRequest, object_id: str | None, conflict: Conflict) -> conflicts.Comparison:
        """Steps that others changed are shown as they are now; what was typed stands beside them in words."""
        shown = super().compare(request, object_id, conflict)
        if PREFIX not in conflict.fields:
            return shown
        policy, data = self.present(object_id), request.POST.copy()
        rows = ladder(policy)
        row = conflicts.Row(_("steps"), "; ".join(f"{v.step.code}: {said(v)}" for v in rows), _typed(data))
        _write(data, policy, rows)
        request.POST = data  # type: ignore[assignment]
        return replace(shown, rows=[*shown.rows, row])


def _inputs(formsets: list[Any]) -> list[StepInput]:
    rows = [row for formset in formsets for row in formset.forms if row not in formset.deleted_forms]
    typed = [row.cleaned_data for row in rows if row.cleaned_data]
    return [StepInput(**{name: data[name] for name in WORDS}) for data in typed]


def said(version: Any) -> str:
    return steps.when({name: getattr(version, name) for name in WORDS[1:]})


def _typed(data: Any) -> str:
    rows = range(int(data.get(f"{PREFIX}-TOTAL_FORMS") or 0))
    return "; ".join(" ".join(data.get(f"{PREFIX}-{row}-{name}", "") for name in WORDS).strip() for row in rows)


def _write(data: Any, policy: ReminderPolicy, rows: list[StepVersion]) -> None:
    for name in [name for name in data if name.startswith(f"{PREFIX}-")]:
        del data[name]
    for number, version in enumerate(rows):
        row = {"id": version.step_id, "policy": policy.pk, "code": version.step.code}
        row |= {name: getattr(version, name) for name in WORDS[1:4]} | ({"repeats": "on"} if version.repeats else {})
        data.update({f"{PREFIX}-{number}-{name}": str(value) for name, value in row.items()})
    counts = {"TOTAL": len(rows), "INITIAL": len(rows), "MIN_NUM": 0, "MAX_NUM": 1000}
    data.update({f"{PREFIX}-{name}_FORMS": str(count) for name, count in counts.items()})
