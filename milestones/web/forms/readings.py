"""What may be said of a target's figures: one reading, a correction, or many lines from a spreadsheet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.models import Reading, Target
from milestones.targets.figures import plain
from milestones.targets.pasting import number
from milestones.targets.recording import LONGEST_SOURCE
from milestones.web.forms.refusing import RefusingForm


class ReadingForm(RefusingForm):
    """`revised` is the reading that this one corrects, None for a new one."""

    as_of = forms.DateField(label=_("As of"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    value = forms.CharField(label=_("Value"), max_length=40, widget=forms.TextInput({"inputmode": "decimal"}))
    source = forms.CharField(
        label=_("Source"),
        max_length=LONGEST_SOURCE,
        widget=forms.TextInput({"list": "sources"}),
        help_text=_("Where the figure comes from: a bulletin, a table, a letter. Nothing classified."),
    )
    provisional = forms.BooleanField(label=_("The figure is provisional"), required=False)

    def __init__(self, target: Target, data: Any = None, *, revised: Reading | None = None, day: date) -> None:
        self.unit = target.unit
        first = {"as_of": day, "provisional": True} if revised is None else _of(revised)
        super().__init__(data, initial=first, auto_id="reading-%s")
        self.fields["value"].help_text = _("in %(unit)s") % {"unit": target.unit}

    def clean_value(self) -> Decimal:
        try:
            return number(self.cleaned_data["value"], self.unit)
        except ValueError as error:
            raise forms.ValidationError(str(error), code="number") from None


class PasteForm(RefusingForm):
    aliases = {"as_of": "rows", "value": "rows"}

    rows = forms.CharField(
        label=_("Readings"),
        max_length=200_000,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false", "class": "pasted"}),
        help_text=_(
            "One a line: day, value, source; copied from a spreadsheet, or with spaces between them. 2023-08 means the "
            "last day of August. A day that was read before is corrected when its value differs."
        ),
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=LONGEST_SOURCE,
        widget=forms.TextInput({"list": "sources"}),
        help_text=_("for lines that name none"),
    )
    provisional = forms.BooleanField(
        label=_("Provisional"), required=False, help_text=_("for lines that do not end with “provisional” or “final”")
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"provisional": True}, auto_id="paste-%s")


def _of(reading: Reading) -> dict[str, Any]:
    return {
        "as_of": reading.as_of,
        "value": plain(reading.value),
        "source": reading.source,
        "provisional": reading.provisional,
    }
