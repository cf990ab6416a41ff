"""How is a date typed in a form, an exact or a fuzzy one?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.models.base import PrecisionChoices
from milestones.workdays.periods import FuzzyDate, Precision, period_of


class DayInput(forms.DateInput):
    """The browser's own date picker: no script, and the same on a phone."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class FuzzyDateWidget(forms.MultiWidget):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        choices = forms.Select(choices=PrecisionChoices.choices, attrs={"aria-label": _("precision")})
        super().__init__({"on": DayInput({"aria-label": _("day")}), "precision": choices}, attrs)

    def decompress(self, value: FuzzyDate | None) -> list[Any]:
        return [value.on, str(value.precision)] if value else [None, "day"]


class FuzzyDateField(forms.MultiValueField):
    """A day and a precision as one FuzzyDate; any day of a fuzzy period stands for the whole period."""

    widget = FuzzyDateWidget

    def __init__(self, **kwargs: Any) -> None:
        parts = (forms.DateField(required=False), forms.ChoiceField(choices=PrecisionChoices.choices, required=False))
        kwargs.setdefault("help_text", _("For a month, a quarter, a half-year or a year any day of it may be given."))
        super().__init__(fields=parts, require_all_fields=False, **kwargs)

    def compress(self, values: list[Any]) -> FuzzyDate | None:
        on: date | None = values[0] if values else None
        if on is None:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return None
        return period_of(on, Precision(values[1] or "day"))

    def has_changed(self, initial: FuzzyDate | None, data: Any) -> bool:
        """Compared as dates: another day of the same fuzzy period is no change, nor is a precision without a day."""
        try:
            return self.clean(data) != initial
        except forms.ValidationError:
            return True


class ReasonField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("reason"))
        super().__init__(widget=forms.Textarea(attrs={"rows": 2, "cols": 80}), max_length=2000, **kwargs)
