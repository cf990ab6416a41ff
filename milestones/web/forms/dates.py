"""How is a fuzzy date typed? Any day of the period, and how exactly it is meant."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from milestones.models.base import PrecisionChoices
from milestones.workdays.periods import FuzzyDate, Precision, period_of

PRECISIONS = [
    (PrecisionChoices.DAY.value, _("that day")),
    (PrecisionChoices.MONTH.value, _("that month")),
    (PrecisionChoices.QUARTER.value, _("that quarter")),
    (PrecisionChoices.HALF_YEAR.value, _("that half-year")),
    (PrecisionChoices.YEAR.value, _("that year")),
]


class FuzzyDateWidget(forms.MultiWidget):
    use_fieldset = True

    def __init__(self) -> None:
        super().__init__(
            {
                "on": forms.DateInput({"type": "date", "aria-label": _("a day of the period")}, format="%Y-%m-%d"),
                "precision": forms.Select({"aria-label": _("how exactly")}, choices=PRECISIONS),
            }
        )

    def decompress(self, value: FuzzyDate | None) -> list[Any]:
        return [value.on, value.precision.value] if value else [None, Precision.DAY.value]


class FuzzyDateField(forms.MultiValueField):
    """A FuzzyDate, or None when the day is left empty and the field is not required."""

    widget = FuzzyDateWidget

    def __init__(self, **options: Any) -> None:
        fields = (forms.DateField(required=False), forms.ChoiceField(choices=PRECISIONS, required=False))
        super().__init__(fields=fields, require_all_fields=False, **options)

    def compress(self, given: list[Any]) -> FuzzyDate | None:
        if not given or given[0] is None or given[0] == "":
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        day: date = given[0]
        return period_of(day, Precision(given[1] or Precision.DAY))
