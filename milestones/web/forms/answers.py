"""What may be said on the page of a mail's link: a report, a wish for more time, a signature, an answer?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.models import Milestone, Notice, StatusReport
from milestones.notices.rules import REPLY_LENGTH
from milestones.web.forms.dates import FuzzyDateField
from milestones.web.forms.refusing import RefusingForm

LONGEST = 4000


def a_text(label: Any, *, rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST, widget=forms.Textarea({"rows": rows}), **options)


def in_per_cent(label: Any) -> forms.IntegerField:
    widget = forms.NumberInput({"inputmode": "numeric", "min": 0, "max": 100})
    return forms.IntegerField(label=label, min_value=0, max_value=100, widget=widget)


class ReportForm(RefusingForm):
    """`version` is that of the draft that its writer left, empty when there is none."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    as_of = forms.DateField(label=_("As of"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    progress = in_per_cent(_("Progress in per cent"))
    forecast = FuzzyDateField(
        label=_("Expected"), required=False, help_text=_("Any day of the period, and how exactly it is meant.")
    )
    done = a_text(_("Done since the last report"), rows=3, required=False)
    obstacles = a_text(_("What stands in the way"), rows=2, required=False)
    help_needed = a_text(_("Help that is needed"), rows=2, required=False)

    @classmethod
    def of(
        cls, milestone: Milestone, today: date, draft: StatusReport | None, last: StatusReport | None, data: Any = None
    ) -> ReportForm:
        """Begun with the draft, else with what was said last."""
        said: dict[str, Any] = {"as_of": today, "progress": last.progress if last else None}
        said["forecast"] = milestone.forecast
        if draft is not None:
            names = ("version", "as_of", "progress", "forecast", "done", "obstacles", "help_needed")
            said |= {name: getattr(draft, name) for name in names}
        return cls(data, initial=said)

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ExtensionForm(RefusingForm):
    due = FuzzyDateField(label=_("New due date"), help_text=_("Any day of the period, and how exactly it is meant."))
    reason = a_text(_("Why more time is needed"), rows=4)
    progress = in_per_cent(_("Progress so far in per cent"))


class SignForm(RefusingForm):
    """Of what was signed for already the answer is all that is left to say."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reply = forms.CharField(
        label=_("Answer"),
        max_length=REPLY_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("The cause, what you do about it, and a date that can be checked. Nothing classified."),
    )

    def __init__(self, notice: Notice, data: Any = None) -> None:
        super().__init__(data, initial={"version": notice.version})
        self.fields["reply"].required = notice.signed_at is not None


class ReceiveForm(RefusingForm):
    """Pressing the button is all."""
