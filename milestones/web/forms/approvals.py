"""What is said along with a decision? One form an item, for both ways to decide, with the version its reader saw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.web.approving import Kind, Verb
from milestones.web.forms.refusing import RefusingForm


class ApprovalForm(RefusingForm):
    """`words` are the note or the reason; which of the verbs need them, the verb that was pressed says."""

    aliases = {"note": "words", "reason": "words"}

    version = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))

    def __init__(self, kind: Kind, obj: Any, data: Any = None, *, verb: Verb | None = None) -> None:
        super().__init__(data, initial={"version": obj.version}, auto_id=f"a-{obj.pk}-%s")
        self.verb = verb
        self.fields["words"].label = str(kind.words)

    def clean_words(self) -> str:
        words = str(self.cleaned_data["words"]).strip()
        if not words and self.verb is not None and self.verb.needs:
            raise forms.ValidationError(_("Say in a sentence why; whoever asked reads it."), code="required")
        return words
