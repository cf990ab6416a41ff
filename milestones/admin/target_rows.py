"""Which readings stand under a target's form: new rows to add, past ones with what was corrected?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.models import Reading, Target
from milestones.targets.figures import plain
from milestones.targets.pasting import pasted
from milestones.targets.recording import LONGEST_SOURCE

from . import pages
from .fields import DayInput
from .forms import act
from .readonly import ReadOnlyInline


class PastReadings(ReadOnlyInline):
    model = Reading
    fields = readonly_fields = ("as_of", "shown_value", "standing", "source", "recorded_by", "created_at")
    ordering = ("-as_of", "-id")
    verbose_name_plural = _("Readings so far")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("revises", "revised_by")

    @admin.display(description=_("value"))
    def shown_value(self, row: Reading) -> str | SafeString:
        """A corrected value is struck out; what corrects it shows both."""
        if row.revises is not None:
            return format_html("<del>{}</del> → <ins>{}</ins>", plain(row.revises.value), plain(row.value))
        return format_html("<del>{}</del>", plain(row.value)) if _replaced(row) else plain(row.value)

    @admin.display(description=_("standing"))
    def standing(self, row: Reading) -> str:
        if _replaced(row):
            return str(_("corrected since"))
        return str(_("provisional") if row.provisional else _("final"))


def _replaced(row: Reading) -> bool:
    return getattr(row, "revised_by", None) is not None


class ReadingForm(forms.ModelForm):
    class Meta:
        model = Reading
        fields = ("as_of", "value", "source", "provisional", "revises")
        widgets = {"as_of": DayInput()}

    def __init__(self, *args: Any, target: Target | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Reading.objects.filter(target=target, revised_by__isnull=True) if target else Reading.objects.none()
        revises = self.fields["revises"]
        assert isinstance(revises, forms.ModelChoiceField)
        revises.queryset, revises.help_text = rows, _("the older reading that this one corrects")


class NewRows(BaseInlineFormSet):
    """Only new rows: a reading is never edited, a correction is a row of its own."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().none()

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        target = self.instance if not self.instance._state.adding else None
        return {**super().get_form_kwargs(index), "target": target}


class NewReadings(admin.TabularInline):
    model = Reading
    form, formset = ReadingForm, NewRows
    extra = 1
    can_delete = False
    verbose_name_plural = _("Add readings")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_enter_admin(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(act(request)["actor"], "target.record", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PasteReadings(pages.Ask):
    """Lines of day, value, source; the target's unit may stand behind a value."""

    unit = ""
    source = forms.CharField(
        label=_("source"),
        required=False,
        max_length=LONGEST_SOURCE,
        help_text=_("for lines that name none"),
    )
    provisional = forms.BooleanField(
        label=_("provisional"),
        required=False,
        initial=True,
        help_text=_("for lines that do not end with “provisional” or “final”"),
    )
    rows = forms.CharField(
        label=_("readings"),
        widget=forms.Textarea(attrs={"rows": 14, "cols": 80, "spellcheck": "false"}),
        help_text=_(
            "One a line: day, value, source; copied from a spreadsheet, or with spaces between them. 2023-08 means the "
            "last day of August. A day that was read before is corrected when its value differs."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """With `readings`: what the lines mean; each line that means nothing is an error of its own."""
        typed = super().clean() or self.cleaned_data
        if "rows" not in typed:
            return typed
        found = pasted(
            typed["rows"], unit=self.unit, source=typed.get("source", ""), provisional=typed.get("provisional", False)
        )
        if found.problems:
            self.add_error("rows", [str(problem) for problem in found.problems])
        return {**typed, "readings": found.rows}
