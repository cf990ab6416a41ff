"""What does the office say when it sends a file, imports it, or takes an import back?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.exchange.imports.applying import Choice
from milestones.models import Plan

from .fields import ReasonField


class SendForm(forms.Form):
    file = forms.FileField(
        label=_("file"),
        help_text=_(".xlsx, or .csv in UTF-8, UTF-16 or GB18030; an export of the milestones is the best template."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )
    plan = forms.ModelChoiceField(
        Plan.objects.current_first(),
        label=_("plan"),
        required=False,
        help_text=_("Of rows that name none, as in a file that was not exported here."),
    )
    reason = ReasonField(
        required=False,
        help_text=_("Why dates move, for all rows that give no reason of their own. Kept in the history."),
    )


class ApplyForm(forms.Form):
    """`take` are the numbers of the rows in conflict whose file is right."""

    conflicts = forms.ChoiceField(
        label=_("rows in conflict"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", _("not decided yet: nothing is imported")),
            ("chosen", _("the file is right in the rows that are ticked, elsewhere what stands here")),
            ("here", _("what stands here is right: leave them all as they are")),
            ("file", _("the file is right: import them all")),
        ],
    )
    only_sound = forms.BooleanField(
        label=_("only the rows that are sound; those with errors, or in conflict and not decided, stay out"),
        required=False,
    )
    take = forms.TypedMultipleChoiceField(required=False, coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, ticked: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["take"].choices = [(number, number) for number in ticked]  # type: ignore[attr-defined]

    def choice(self) -> Choice:
        how, typed = self.cleaned_data["conflicts"], self.cleaned_data
        take = None if how == "file" else typed["take"] if how == "chosen" else ()
        return Choice(typed["only_sound"], take, keep=how in ("chosen", "here"))


class UndoForm(forms.Form):
    others_only = forms.BooleanField(
        label=_("also when some were changed since: undo the others, and leave those as they are"), required=False
    )
