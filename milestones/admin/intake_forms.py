"""What does the office type when it reads a text in, and into a proposal before it accepts it?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from milestones.intake.rules.proposals import Proposal
from milestones.models import Bound, IntakeText, Kind, Measure, Plan, PlanState

from .fields import FuzzyDateField

NUMBER: dict[str, Any] = {"max_digits": 18, "decimal_places": 4}


class ReadForm(forms.Form):
    plan = forms.ModelChoiceField(Plan.objects.none(), label=_("plan"))
    name = forms.CharField(
        label=_("title or number of the text"),
        max_length=200,
        required=False,
        help_text=_("By which it is found again. Empty: the name of the file, or the first line of what was pasted."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    file = forms.FileField(
        label=_("file"),
        required=False,
        help_text=_("A text (.txt), a Word document (.docx) or a saved page (.html). Or paste the text below."),
        widget=forms.FileInput(attrs={"accept": ".txt,.docx,.html,.htm"}),
    )
    text = forms.CharField(
        label=_("text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "cols": 90}),
    )
    year = forms.IntegerField(
        label=_("year"),
        required=False,
        min_value=1990,
        max_value=2099,
        help_text=_("Only where the text names no year, or another one than it is about."),
    )

    replaces = forms.ModelChoiceField(
        IntakeText.objects.none(),
        label=_("newer version of"),
        required=False,
        empty_label=_("(the text most like it, if there is one)"),
        help_text=_("What that version had and this one no longer says is shown as gone."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = Plan.objects.current_first().exclude(state=PlanState.CLOSED)
        texts = IntakeText.objects.filter(plan__in=plans).only("name", "plan", "created_at").order_by("-created_at")
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]
        self.fields["replaces"].queryset = texts  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        given = [name for name in ("file", "text") if typed.get(name)]
        if not given and "file" not in self.errors:
            self.add_error("file", _("Choose a file, or paste the text."))
        if len(given) > 1:
            self.add_error("file", _("Either a file or a pasted text, not both."))
        return typed


class ProposalForm(forms.Form):
    """The fields of one proposal; their names in the page begin with its number."""

    title = forms.CharField(label=_("title"), max_length=200, widget=forms.Textarea(attrs={"rows": 1}))
    workstream = forms.CharField(
        label=_("workstream"), max_length=120, required=False, widget=forms.TextInput(attrs={"list": "streams"})
    )
    due = FuzzyDateField(label=_("due"))

    def __init__(self, number: int, proposal: Proposal, data: Any = None) -> None:
        super().__init__(data, prefix=f"p{number}")
        self.initial = {name: getattr(proposal, name) for name in self.fields}
        for name, field in self.fields.items():
            field.label = capfirst(field.label) if field.label else field.label
            field.widget.attrs["class"] = f"field-{name}"
        for part in self.fields["due"].widget.widgets:
            part.attrs["aria-label"] = f"{number}: {part.attrs['aria-label']}"
        self.fields["due"].help_text = ""

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())

    def typed(self) -> dict[str, Any]:
        """What differs from what is kept; of the fields that are sound."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}


class MilestoneForm(ProposalForm):
    kind = forms.ChoiceField(label=_("kind"), choices=Kind.choices)
    field_order = ("title", "workstream", "kind", "due")


class TargetForm(ProposalForm):
    measure = forms.ChoiceField(label=_("measure"), choices=Measure.choices)
    bound = forms.ChoiceField(label=_("bound"), choices=Bound.choices)
    value = forms.DecimalField(label=_("value"), widget=forms.TextInput(attrs={"inputmode": "decimal"}), **NUMBER)
    value_max = forms.DecimalField(
        label=_("upper value"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **NUMBER
    )
    unit = forms.CharField(label=_("unit"), max_length=20)
    field_order = ("title", "workstream", "measure", "bound", "value", "value_max", "unit", "due")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        low, high, is_range = typed.get("value"), typed.get("value_max"), typed.get("bound") == Bound.RANGE
        if is_range and (high is None or (low is not None and high < low)):
            self.add_error("value_max", _("A range needs an upper value that is not below the value."))
        if not is_range and high is not None:
            self.add_error("value_max", _("Only a range has an upper value."))
        return typed


def form_of(number: int, proposal: Proposal, data: Any = None) -> ProposalForm:
    return (TargetForm if proposal.is_target else MilestoneForm)(number, proposal, data)
