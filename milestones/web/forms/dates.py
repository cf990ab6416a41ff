"""How is a fuzzy date given? Any day of the period and how exactly it is meant, or in words: “15个工作日后”."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones.models.base import PrecisionChoices
from milestones.planning.calendars import calendar
from milestones.web.forms import typed_dates
from milestones.workdays.periods import FuzzyDate, Precision, period_of

PRECISIONS = [
    (PrecisionChoices.DAY.value, _("that day")),
    (PrecisionChoices.MONTH.value, _("that month")),
    (PrecisionChoices.QUARTER.value, _("that quarter")),
    (PrecisionChoices.HALF_YEAR.value, _("that half-year")),
    (PrecisionChoices.YEAR.value, _("that year")),
]
IN_WORDS = {
    "placeholder": _("or in words: +15wd, 11-17, Q3"),
    "aria-label": _("the date in words"),
    "autocomplete": "off",
    "maxlength": 40,
    "class": "in-words",
}


class FuzzyDateWidget(forms.MultiWidget):
    use_fieldset = True

    def __init__(self) -> None:
        super().__init__(
            {
                "on": forms.DateInput({"type": "date", "aria-label": _("a day of the period")}, format="%Y-%m-%d"),
                "precision": forms.Select({"aria-label": _("how exactly")}, choices=PRECISIONS),
                "said": forms.TextInput(IN_WORDS),
            }
        )

    def decompress(self, value: FuzzyDate | None) -> list[Any]:
        return [value.on, value.precision.value, ""] if value else [None, Precision.DAY.value, ""]


class FuzzyDateField(forms.MultiValueField):
    """A FuzzyDate, or None when nothing is given and the field is not required; what is said in words goes first."""

    widget = FuzzyDateWidget

    def __init__(self, **options: Any) -> None:
        fields = (
            forms.DateField(required=False),
            forms.ChoiceField(choices=PRECISIONS, required=False),
            forms.CharField(required=False, max_length=40),
        )
        super().__init__(fields=fields, require_all_fields=False, **options)

    def compress(self, given: list[Any]) -> FuzzyDate | None:
        day, precision, said = [*given, None, None, None][:3]
        if said:
            return _in_words(said)
        if day in (None, ""):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        return period_of(day, Precision(precision or Precision.DAY))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """By what is meant, however it was given."""
        try:
            return bool(self.compress([self.fields[0].clean(data[0]), *data[1:]]) != initial)
        except (ValidationError, ValueError):
            return True


def _in_words(said: str) -> FuzzyDate:
    try:
        return typed_dates.read(said, _today(), calendar())
    except (ValueError, OverflowError):
        message = _("“%(said)s” is not understood; write +15wd, 15个工作日后, 11-17, 2023-11-17, 11月底, Q3 or 年内.")
        raise ValidationError(message, params={"said": said}, code="invalid") from None


def _today() -> date:
    return timezone.localdate()
