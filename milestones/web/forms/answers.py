"""What may be said on the page of a mail's link: a wish for more time, a signature, an answer?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.models import Notice
from milestones.notices.rules import REPLY_LENGTH
from milestones.web.forms.dates import FuzzyDateField
from milestones.web.forms.refusing import RefusingForm
from milestones.web.forms.reporting import a_text, in_per_cent


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
