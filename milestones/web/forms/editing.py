"""What may be typed about a milestone as such: what it is, what counts as done, who takes part?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from milestones.models import Milestone, Organisation, Person, Plan
from milestones.planning.operations import PartyInput
from milestones.web.forms.acts import ActForm
from milestones.web.forms.dates import FuzzyDateField
from milestones.web.forms.named import MilestoneCodeField
from milestones.web.forms.parties import PartiesField, lines_of
from milestones.web.forms.refusing import RefusingForm, in_words

COLUMNS = ("title", "title_en", "kind", "stage", "criterion", "description", "weight", "code", "workstream", "lead")
NARROW = ("stage", "weight", "code")


def _described(form: RefusingForm, plan: Plan) -> None:
    """The fields of the columns, before all others; choices are those of the plan and of today."""
    columns = fields_for_model(Milestone, COLUMNS)
    columns |= {
        "parent": MilestoneCodeField(label=_("parent milestone"), required=False),
        "parties": PartiesField(label=_("parties")),
    }
    form.fields.update({name: field for name, field in columns.items() if field is not None})
    form.order_fields([*COLUMNS, "parent", "parties"])
    shown: Any = form.fields
    in_words(columns)
    shown["workstream"].queryset = plan.workstreams.all()
    shown["lead"].queryset = Organisation.objects.filter(is_active=True)
    shown["parent"].plan = plan
    for name in ("criterion", "description"):
        shown[name].widget = forms.Textarea({"rows": 3})
    shown["parties"].equip(shown["parties"].widget)


class EditForm(ActForm):
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}),
        help_text=_("Stands in the history beside the change."),
    )  # fmt: skip

    def __init__(self, milestone: Milestone, *args: Any, **options: Any) -> None:
        super().__init__(milestone, *args, **options)
        _described(self, milestone.plan)
        for name in (*COLUMNS, "parent"):
            self.fields[name].initial = getattr(milestone, name)
        self.fields["parties"].initial = lines_of(milestone)
        self.order_fields([*COLUMNS, "parent", "parties", "reason"])

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*COLUMNS, "parent")}

    @property
    def parties(self) -> Sequence[PartyInput] | None:
        """All of them as typed; None, not spoken of, when nobody touched the list."""
        return self.cleaned_data["parties"] if "parties" in self.changed_data else None


class NewForm(RefusingForm):
    """A new milestone of `plan`; without a code it gets the next one of its workstream."""

    aliases = {"accountable": "owner"}
    due = FuzzyDateField(label=_("Due"))
    owner = forms.ModelChoiceField(Person.objects.none(), label=_("Owner"), required=False, empty_label=_("nobody yet"))
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}),
        help_text=_("Why it is added to the plan; stands in its history."),
    )  # fmt: skip

    def __init__(self, plan: Plan, data: Any = None) -> None:
        super().__init__(data)
        self.plan = plan
        _described(self, plan)
        self.fields["code"].required = False
        self.fields["code"].help_text = _("Left empty, it gets the next one of its workstream.")
        owner: Any = self.fields["owner"]
        owner.queryset = Person.objects.active().select_related("organisation")
        self.order_fields(["workstream", "title", "title_en", "kind", "stage", "due", "lead", "owner", "criterion"])

    @property
    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        named = {name: typed[name] for name in (*COLUMNS, "parent") if name != "code"}
        return named | {"due": typed["due"], "accountable": typed["owner"]}
