"""What may be said about a milestone: one form a verb, each carrying the version its reader saw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.errors import DomainError
from milestones.models import Milestone, Person
from milestones.planning.lifecycle import NEEDS_EVIDENCE
from milestones.web.forms.dates import FuzzyDateField

EVIDENCE_ROWS = 2


class ActForm(forms.Form):
    """`aliases` maps the domain's field names to this form's."""

    aliases: dict[str, str] = {}
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, milestone: Milestone, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.milestone = milestone
        self.fields["version"].initial = milestone.version

    def refuse(self, error: DomainError) -> None:
        """Show the domain's refusal at the field it names, else above the form."""
        name = self.aliases.get(error.field or "", error.field)
        self.add_error(name if name in self.fields else None, str(error))

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name != "version"]


class PlainForm(ActForm):
    """Nothing to say: pressing the button is all."""


class ReasonForm(ActForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3}), max_length=2000)


class SubmitForm(ActForm):
    aliases = {"evidence": "evidence_url_1"}
    statement = forms.CharField(
        label=_("What was done, measured by the criterion"), widget=forms.Textarea({"rows": 4}), max_length=4000
    )
    actual = FuzzyDateField(label=_("Actually done on"))

    def __init__(self, milestone: Milestone, *args: Any, **options: Any) -> None:
        super().__init__(milestone, *args, **options)
        self.fields["statement"].initial = milestone.statement
        if milestone.criterion:
            self.fields["statement"].help_text = _("Criterion: %(text)s") % {"text": milestone.criterion}
        for row in range(1, EVIDENCE_ROWS + 1):
            self.fields[f"evidence_url_{row}"] = forms.URLField(
                label=_("Evidence %(n)s: link") % {"n": row}, required=False, max_length=1000, assume_scheme="https"
            )
            self.fields[f"evidence_title_{row}"] = forms.CharField(
                label=_("Evidence %(n)s: what it is") % {"n": row}, required=False, max_length=200
            )
        if milestone.kind in NEEDS_EVIDENCE:
            self.fields["evidence_url_1"].required = not milestone.evidence.exists()
            self.fields["evidence_url_1"].help_text = _("This kind of milestone needs at least one piece of evidence.")

    @property
    def evidence(self) -> list[tuple[str, str]]:
        given = self.cleaned_data
        rows = [(given[f"evidence_title_{n}"], given[f"evidence_url_{n}"]) for n in range(1, EVIDENCE_ROWS + 1)]
        return [(title, url) for title, url in rows if url]


class AssignForm(ActForm):
    aliases = {"accountable": "to"}
    to = forms.ModelChoiceField(Person.objects.none(), label=_("Owner"), required=False, empty_label=_("nobody yet"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 2}), required=False, max_length=2000)

    def __init__(self, milestone: Milestone, *args: Any, **options: Any) -> None:
        super().__init__(milestone, *args, **options)
        field: Any = self.fields["to"]
        field.queryset = Person.objects.active().select_related("organisation")
        field.label_from_instance = _person
        field.initial = milestone.accountable_id
        if milestone.accountable_id:
            self.fields["reason"].required = True
            self.fields["reason"].label = _("Why it is handed over")


class RescheduleForm(ActForm):
    due = FuzzyDateField(label=_("New due date"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3}), required=False, max_length=2000)

    def __init__(self, milestone: Milestone, *args: Any, **options: Any) -> None:
        super().__init__(milestone, *args, **options)
        self.fields["due"].initial = milestone.due
        self.fields["reason"].required = not milestone.plan.is_draft


class ForecastForm(ActForm):
    aliases = {"forecast": "expected"}
    expected = FuzzyDateField(
        label=_("Expected"), required=False, help_text=_("Leave the day empty when it is no longer known.")
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 2}), required=False, max_length=2000)

    def __init__(self, milestone: Milestone, *args: Any, **options: Any) -> None:
        super().__init__(milestone, *args, **options)
        self.fields["expected"].initial = milestone.forecast
        self.fields["reason"].required = not milestone.plan.is_draft


def _person(person: Person) -> str:
    return f"{person.display_name} · {person.organisation}" if person.organisation else person.display_name
