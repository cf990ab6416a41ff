"""What may be said to a notice: that it arrived, and an answer; each carries the version its reader saw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.models import Notice
from milestones.notices.rules import REPLY_LENGTH
from milestones.web.forms.refusing import RefusingForm


class SignForm(RefusingForm):
    """Pressing the button is all."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, notice: Notice, data: Any = None) -> None:
        super().__init__(data, initial={"version": notice.version}, auto_id="notice-%s")


class ReplyForm(SignForm):
    reply = forms.CharField(
        label=_("Answer"),
        max_length=REPLY_LENGTH,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("The cause, what you do about it, and a date that can be checked. Nothing classified."),
    )
