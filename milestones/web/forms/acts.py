"""What may be said about a milestone: one form a verb, each carrying the version its reader saw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.evidence.kinds import EXTENSIONS
from milestones.models import Milestone, Person
from milestones.models.dependencies import LONGEST_LAG
from milestones.models.health import GIVEN
from milestones.web.forms.dates import FuzzyDateField
from milestones.web.forms.named import MilestoneCodeField
from milestones.web.forms.refusing import RefusingForm

EVIDENCE_ROWS = 2


class ActForm(RefusingForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, milestone: Milestone, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.milestone = milestone
        self.fields["version"].initial = milestone.version

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name != "version"]


class PlainForm(ActForm):
    """Nothing to say: pressing the button is all."""


class ReasonForm(ActForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3}), max_length=2000)


class EvidenceFile(forms.FileField):
    """What the file is, its bytes say; the browser's suggestion is a courtesy."""

    widget = forms.FileInput({"accept": ",".join(EXTENSIONS)})

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "help_text",
            _(
                "Up to 20 MB: a picture, PDF, OFD or office file without macros. Nothing classified may enter; the "
                "text of the file is searched for markings."
            ),
        )
        super().__init__(required=False, **options)


def a_link(label: Any) -> forms.URLField:
    return forms.URLField(label=label, required=False, max_length=1000, assume_scheme="https")


def a_title(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=200)


class SubmitForm(ActForm):
    aliases = {"evidence": "evidence_file", "file": "evidence_file", "file_name": "evidence_file"}
    statement = forms.CharField(
        label=_("What was done, measured by the criterion"), widget=forms.Textarea({"rows": 4}), max_length=4000
    )
    actual = FuzzyDateField(label=_("Actually done on"))
    evidence_file = EvidenceFile(label=_("Evidence: a file"))
    evidence_file_title = a_title(_("The file: what it is"))

    def __init__(self, milestone: Milestone, *args: Any, **options: Any) -> None:
        super().__init__(milestone, *args, **options)
        self.fields["statement"].initial = milestone.statement
        if milestone.criterion:
            self.fields["statement"].help_text = _("Criterion: %(text)s") % {"text": milestone.criterion}
        for row in range(1, EVIDENCE_ROWS + 1):
            self.fields[f"evidence_url_{row}"] = a_link(_("Evidence %(n)s: link") % {"n": row})
            self.fields[f"evidence_title_{row}"] = a_title(_("Evidence %(n)s: what it is") % {"n": row})

    @property
    def evidence(self) -> list[Any]:
        given = self.cleaned_data
        rows = [(given[f"evidence_title_{n}"], given[f"evidence_url_{n}"]) for n in range(1, EVIDENCE_ROWS + 1)]
        return [(title, url) for title, url in rows if url]


class AttachForm(ActForm):
    aliases = {"file_name": "file"}
    file = EvidenceFile(label=_("A file"))
    url = a_link(_("or a link"))
    title = a_title(_("What it is"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("file")) == bool(given.get("url")) and not self.errors:
            self.add_error("file", _("Give a file or a link, one of the two."))
        return given


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


class ExtendForm(ActForm):
    due = FuzzyDateField(label=_("New due date"))
    reason = forms.CharField(
        label=_("Why more time is needed"), widget=forms.Textarea({"rows": 4}), max_length=2000,
        help_text=_("The cause, what you do about it, and by what the new date can be checked."),
    )  # fmt: skip
    progress = forms.IntegerField(
        label=_("Progress so far in per cent"),
        min_value=0,
        max_value=100,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )


class OverrideForm(ActForm):
    health = forms.ChoiceField(
        label=_("Health"), choices=[(one.value, one.label) for one in GIVEN], widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3}), max_length=2000)
    until = forms.DateField(
        label=_("Until the end of"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("From the day after, what is computed counts again."),
    )


class DependForm(ActForm):
    predecessor = MilestoneCodeField(
        label=_("Code of the predecessor"), help_text=_("Of this plan, as in FIN-07; of another one as in plan/FIN-07.")
    )
    lag = forms.IntegerField(
        label=_("Working days between them"), required=False, min_value=-LONGEST_LAG, max_value=LONGEST_LAG, initial=0
    )

    def __init__(self, milestone: Milestone, *args: Any, **options: Any) -> None:
        super().__init__(milestone, *args, **options)
        self.fields["predecessor"].plan = milestone.plan  # type: ignore[attr-defined]  # our own field


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
