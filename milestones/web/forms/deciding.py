"""What may be said when something that hangs on a milestone is decided? With the version that its reader saw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.models.base import Versioned
from milestones.models.dependencies import LONGEST_LAG
from milestones.web.forms.refusing import RefusingForm


class DecisionForm(RefusingForm):
    """Nothing to say: pressing the button is all."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, piece: Versioned, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["version"].initial = piece.version

    @property
    def said(self) -> dict[str, Any]:
        """What the verb is told besides the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class WithReason(DecisionForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3}), max_length=2000)


class WithNote(DecisionForm):
    """What is said along goes to whoever asked or reported."""

    note = forms.CharField(label=_("Note"), widget=forms.Textarea({"rows": 3}), max_length=2000, required=False)


class WithNeededNote(DecisionForm):
    note = forms.CharField(label=_("Say in a sentence why"), widget=forms.Textarea({"rows": 3}), max_length=2000)


class LagForm(DecisionForm):
    lag = forms.IntegerField(
        label=_("Working days between them"), min_value=-LONGEST_LAG, max_value=LONGEST_LAG,
        help_text=_("Negative: so many working days before."),
    )  # fmt: skip

    def __init__(self, piece: Any, *args: Any, **options: Any) -> None:
        super().__init__(piece, *args, **options)
        self.fields["lag"].initial = piece.lag
