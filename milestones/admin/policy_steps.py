"""How is a step of a ladder typed: all that it says, with what is wrong at its own field?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.changes import steps as entries
from milestones.models import Anchor, Audience, Channel, DayUnit, Level, ReminderPolicy, ReminderStep, StepVersion
from milestones.models.reminders import usual_audience, usual_channels
from milestones.reminders import ladder, policies, resolution
from milestones.reminders.ladder import BadLadder, StepInput

from .forms import act

PREFIX = "steps"
SAID = (*entries.TOLD, *entries.REST)
LISTS = tuple(entries.ORDER)
TICKS = ("repeats", "stops_when_answered", "digestible")


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def rungs(policy: ReminderPolicy, day: date) -> list[StepVersion]:
    """What the policy says on `day`, in the order in which the steps come."""
    found = policies.versions_on(policy, day) if not policy._state.adding else []
    return sorted(found, key=resolution.place)


def words(version: StepVersion) -> str:
    return capfirst(entries.words({name: getattr(version, name) for name in SAID}, in_full=True))


def when(version: StepVersion) -> str:
    return entries.when({name: getattr(version, name) for name in SAID})


class StepForm(forms.ModelForm):
    """A step and what its version of tomorrow says. What makes no sense is left to the verb, which explains."""

    anchor = forms.ChoiceField(label=_("anchor"), choices=Anchor.choices)
    offset = forms.IntegerField(label=_("days"), min_value=0, max_value=ladder.FARTHEST, initial=1)
    unit = forms.ChoiceField(label=_("unit"), choices=DayUnit.choices)
    repeats = forms.BooleanField(
        label=_("repeats"),
        required=False,
        help_text=_("Every so many days after the deadline, or after an answer was due."),
    )
    most = forms.IntegerField(label=_("at most"), required=False, min_value=1, help_text=_("Times; empty: no limit."))
    stops_when_answered = forms.BooleanField(
        label=_("stops while an answer stands"),
        required=False,
        help_text=_("Not while a notice was answered with a date that has not passed."),
    )
    audience = forms.MultipleChoiceField(
        label=_("speaks to"),
        choices=Audience.choices,
        required=False,
        initial=usual_audience,
        widget=forms.CheckboxSelectMultiple,
    )
    level = forms.ChoiceField(
        label=_("level"),
        choices=Level.choices,
        required=False,
        help_text=_("A notice has a number and is signed for and answered."),
    )
    respond_days = forms.IntegerField(
        label=_("working days to answer"),
        required=False,
        min_value=1,
        help_text=_("Of a notice; empty: as is usual at its level."),
    )
    channels = forms.MultipleChoiceField(
        label=_("channels"),
        choices=Channel.choices,
        required=False,
        initial=usual_channels,
        widget=forms.CheckboxSelectMultiple,
    )
    digestible = forms.BooleanField(
        label=_("in the digest"),
        required=False,
        initial=True,
        help_text=_("Otherwise in a mail of its own. A notice and a question are letters of their own anyway."),
    )

    class Meta:
        model = ReminderStep
        fields = ("code",)

    def __init__(self, *args: Any, said: StepVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said = said
        for field in self.fields.values():
            field.label = capfirst(field.label) if field.label else field.label
        if said is not None:
            self.initial.update({name: getattr(said, name) for name in SAID})
            self.fields["code"].disabled = True

    def summary(self) -> str:
        """What is stored, above the fields; empty for a new step."""
        return words(self.said) if self.said is not None else ""

    def validate_unique(self) -> None:
        """Nothing: the code of a step that was removed may come back; the verb refuses a code given twice."""


class StepRows(BaseInlineFormSet):
    """The steps of tomorrow's ladder; removed ones stand in the versions only."""

    refusal: ClassVar[Any] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said = rungs(self.instance, tomorrow())

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

    def clean(self) -> None:
        """What the verb found wrong lands at its field."""
        if not isinstance(self.refusal, BadLadder):
            return
        typed = typed_rows([self])
        for fault in self.refusal.faults:
            if fault.row is not None and fault.row < len(typed):
                typed[fault.row].add_error(fault.field, fault.rule)


class Steps(admin.StackedInline):
    model = ReminderStep
    form, formset = StepForm, StepRows
    template = "admin/lingang/policy_steps.html"
    extra = 0
    verbose_name_plural = _("Steps from tomorrow on")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "code",
                    ("anchor", "offset", "unit"),
                    "audience",
                    ("level", "respond_days"),
                    ("repeats", "most"),
                    "stops_when_answered",
                    "channels",
                    "digestible",
                ]
            },
        )
    ]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        return type(formset.__name__, (formset,), {"refusal": getattr(request, "refusal", None)})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_enter_admin(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(act(request)["actor"], "policy.edit", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)


def typed_rows(formsets: Sequence[Any]) -> list[Any]:
    """The forms of the steps that shall stay, in the order in which the verb gets them."""
    rows = [row for formset in formsets for row in formset.forms]
    return [row for row in rows if getattr(row, "cleaned_data", None) and not row.cleaned_data.get("DELETE")]


def inputs(formsets: Sequence[Any]) -> list[StepInput]:
    rows = [row.cleaned_data for row in typed_rows(formsets)]
    return [StepInput(**{name: data[name] for name in ("code", *SAID)}) for data in rows]


# Two at once on the same steps ----------------------------------------------------------------------------------------
def typed_words(data: QueryDict) -> str:
    """What was typed, in the codes of the form."""
    rows = range(int(data.get(f"{PREFIX}-TOTAL_FORMS") or 0))
    said = (" ".join(",".join(data.getlist(f"{PREFIX}-{row}-{name}")) for name in ("code", *SAID)) for row in rows)
    return "; ".join(" ".join(one.split()) for one in said)


def show_again(data: QueryDict, policy: ReminderPolicy, versions: Sequence[StepVersion]) -> None:
    """Let the form say what these versions do."""
    for name in [name for name in data if name.startswith(f"{PREFIX}-")]:
        del data[name]
    for number, version in enumerate(versions):
        row = {"id": version.step_id, "policy": policy.pk, "code": version.step.code}
        row |= {name: getattr(version, name) for name in SAID if name not in (*LISTS, *TICKS)}
        row |= {name: "on" for name in TICKS if getattr(version, name)}
        for name, value in row.items():
            data[f"{PREFIX}-{number}-{name}"] = "" if value is None else str(value)
        for name in LISTS:
            data.setlist(f"{PREFIX}-{number}-{name}", getattr(version, name))
    counts = {"TOTAL": len(versions), "INITIAL": len(versions), "MIN_NUM": 0, "MAX_NUM": 1000}
    data.update({f"{PREFIX}-{name}_FORMS": str(count) for name, count in counts.items()})
