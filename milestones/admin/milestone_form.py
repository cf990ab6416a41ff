"""What may be typed about a milestone?"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.models import Milestone

from .fields import FuzzyDateField, ReasonField
from .forms import VerbForm

DATES = ("due", "forecast")


class MilestoneForm(VerbForm):
    """`due` and `forecast` are one field each; `reason` goes with a moved date or a new owner."""

    due = FuzzyDateField(label=_("due"))
    forecast = FuzzyDateField(label=_("forecast"), required=False)
    reason = ReasonField(
        required=False,
        help_text=_(
            "Needed when a date moves or the milestone is handed over; it stays in the history and in the mails."
        ),
    )
    not_columns = ("seen", "reason")

    class Meta:
        model = Milestone
        exclude = ("due_on", "due_precision", "forecast_on", "forecast_precision")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in DATES:
            if name in self.fields and not self.instance._state.adding:
                self.initial.setdefault(name, getattr(self.instance, name))

    def clean(self) -> dict[str, Any]:
        """A hand-over is told to the new person with its reason; the verb for one milestone does not ask for it."""
        typed = super().clean() or self.cleaned_data
        handed_over = (
            "accountable" in self.changed_data and self.initial.get("accountable") and typed.get("accountable")
        )
        if handed_over and not (typed.get("reason") or "").strip() and "reason" in self.fields:
            self.add_error("reason", _("A hand-over needs a reason; say why in a sentence."))
        return typed
