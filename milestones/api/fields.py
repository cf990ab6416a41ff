"""What may stand in the body of a request? Each field takes one type of JSON and says what is wrong with any other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from milestones.errors import RuleBroken
from milestones.models.base import PrecisionChoices
from milestones.planning import given
from milestones.workdays.periods import FuzzyDate


class Strict(serializers.Serializer):
    """Takes an object with known fields only. `values` after validation are what was sent, by field name."""

    default_error_messages = {
        "object": _("An object is expected here."),
        "unknown_field": _("There is no such field."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"non_field_errors": [self.error_messages["object"]]}, code="type")
        writable = {name for name, field in self.fields.items() if not field.read_only}
        unknown = {name: [self._unknown(name)] for name in data if name not in writable}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**unknown, **error.detail}) from None  # type: ignore[dict-item]
        if unknown:
            raise serializers.ValidationError(unknown)
        return values

    def _unknown(self, name: str) -> serializers.ErrorDetail:
        field = self.fields.get(name)
        if field is not None and field.read_only:
            return serializers.ErrorDetail(str(_("This is not written here; leave it out.")), code="read_only")
        return serializers.ErrorDetail(str(self.error_messages["unknown_field"]), code="unknown_field")


class NothingSerializer(Strict):
    """{}"""


class Text(serializers.CharField):
    """A string. `lines` allows line breaks."""

    default_error_messages = {"type": _("A text is expected here."), "lines": _("A text of one line is expected.")}

    def __init__(self, *, lines: bool = False, **options: Any) -> None:
        self.lines = lines
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("type")
        text = super().to_internal_value(data)
        if not self.lines and any(letter in text for letter in "\n\r"):
            self.fail("lines")
        return text

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("type")
        return super().run_validation(data)


class Choice(serializers.ChoiceField):
    default_error_messages = {"type": _("A text is expected here.")}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("type")
        return super().to_internal_value(data)


class Number(serializers.IntegerField):
    """A whole number, not a text that looks like one."""

    default_error_messages = {"type": _("A whole number is expected here.")}

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("type")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    default_error_messages = {"type": _("true or false is expected here.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("type")
        return bool(data)


DECIMAL = r"^-?[0-9]{1,14}(\.[0-9]{1,4})?$"


@extend_schema_field({"type": "string", "format": "decimal", "pattern": DECIMAL})
class DecimalText(serializers.Field):
    """A decimal number as a text (`"12.5"`): a float would not say what was meant."""

    default_error_messages = {
        "type": _("A decimal number in quotes is expected, such as “12.5”."),
        "bounds": _("At most 14 digits before the decimal point and 4 after it."),
    }

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not re.fullmatch(r"-?[0-9]{1,40}(\.[0-9]{1,40})?", data):
            self.fail("type")
        if not re.fullmatch(DECIMAL, data):
            self.fail("bounds")
        return Decimal(data)

    def to_representation(self, value: Any) -> Any:
        return str(value)


@extend_schema_field({"type": "string", "format": "date"})
class Day(serializers.Field):
    default_error_messages = {"type": _("A day is expected, such as 2023-06-30.")}

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or len(data) != 10:
            self.fail("type")
        try:
            return date.fromisoformat(data)
        except ValueError:
            self.fail("type")

    def to_representation(self, value: Any) -> Any:
        return str(value)


OFFSET = r"(?i)[0-9](Z|[+-][0-9]{2}:[0-9]{2})$"  # where an instant says how far from UTC it is


class Moment(serializers.DateTimeField):
    """RFC 3339: without an offset nobody knows when it was."""

    default_error_messages = {"type": _("An instant with its offset is expected, such as 2023-06-30T09:00:00+08:00.")}

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str) or not re.search(OFFSET, value):
            self.fail("type")
        return super().to_internal_value(value)


class FuzzyDateField(Strict):
    """{on, precision}: the last day of its period, and how exact it is; `precision` is `day` when left out."""

    on = Day(help_text=_("the last calendar day of the period"))
    precision = Choice(choices=PrecisionChoices.choices, default="day")

    def to_internal_value(self, data: Any) -> FuzzyDate:
        halves = super().to_internal_value(data)
        try:
            return given.date_of(halves["on"], halves["precision"], field="on")
        except RuleBroken as error:
            place = "precision" if error.code == "precision" else "on"
            raise serializers.ValidationError({place: [str(error)]}, code=error.code) from None


class Span(serializers.ListField):
    """[start, end] in characters of the plan's source text; null for none."""

    child = Number(min_value=0, max_value=2_147_483_647)

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=2, max_length=2, allow_null=True, **options)


def said(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Those of `names` that were sent."""
    return {name: values[name] for name in names if name in values}
