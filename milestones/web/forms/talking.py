"""What may be said about a milestone among those who answer for it?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.conversation.comments import LENGTH
from milestones.web.forms.refusing import RefusingForm


class CommentForm(RefusingForm):
    aliases = {"mentions": "text"}
    text = forms.CharField(
        label=_("New comment"),
        max_length=LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("@ and a name mentions somebody, who gets a mail. It is not edited later. Nothing classified."),
    )
