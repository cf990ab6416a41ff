"""What is asked before something is done to many milestones? One form an act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.models import NoticeLevel, Person
from milestones.notices import rules, words
from milestones.web.forms.refusing import RefusingForm

LEVELS = [(code, f"{words.MARKS[code]} {label}") for code, label in NoticeLevel.choices]
REPORT_WANTED = _("Please report how far this is, what stands in the way, and whether the date will be kept.")


def _reason(**options: Any) -> forms.CharField:
    return forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3}), max_length=2000, **options)


class AssignForm(RefusingForm):
    person = forms.ModelChoiceField(Person.objects.none(), label=_("New owner"))
    reason = _reason(required=False, help_text=_("Needed when a milestone has an owner already."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Person.objects.active().select_related("organisation").order_by("display_name")


class RescheduleForm(RefusingForm):
    days = forms.IntegerField(
        label=_("By how many working days"),
        min_value=-250,
        max_value=250,
        help_text=_("Counted from each present date by the working calendar; less than 0 is earlier."),
    )
    reason = _reason()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("days") == 0:
            self.add_error("days", _("By 0 days nothing moves; give another number."))
        return {**typed, "due": None}


class IssueForm(RefusingForm):
    level = forms.ChoiceField(label=_("Level"), choices=LEVELS)
    matter = forms.CharField(
        label=_("Matter"),
        required=False,
        max_length=rules.MATTER_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The same for all. Empty: each gets its own, from its title and its date."),
    )
    respond_days = forms.IntegerField(
        label=_("Working days for the answer"),
        required=False,
        min_value=1,
        max_value=rules.MOST_DAYS,
        help_text=_("Empty: as the level has it."),
    )


class ChaseForm(RefusingForm):
    text = forms.CharField(
        label=_("What is asked"), initial=REPORT_WANTED, widget=forms.Textarea({"rows": 3}), max_length=2000
    )


class CancelForm(RefusingForm):
    reason = _reason()


FORMS: dict[str, type[RefusingForm]] = {
    "assign": AssignForm,
    "reschedule": RescheduleForm,
    "issue_many": IssueForm,
    "chase": ChaseForm,
    "cancel": CancelForm,
}
