"""How does a form say what was wrong, and where?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext_lazy as _

from milestones.errors import DomainError

DASHES = BLANK_CHOICE_DASH[0][1]


class RefusingForm(forms.Form):
    """`aliases` maps the domain's field names to this form's."""

    aliases: dict[str, str] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        in_words(self.fields)

    def refuse(self, error: DomainError) -> None:
        """Show the domain's refusal at the field it names, else above the form."""
        name = self.aliases.get(error.field or "", error.field)
        self.add_error(name if name in self.fields else None, str(error))

    def add_error(self, field: str | None, error: Any) -> None:
        """The page opens at the first field at fault: on a phone it may be far below."""
        is_first = not getattr(self, "_errors", None)
        super().add_error(field, error)
        if is_first and field in self.fields:
            self.fields[field].widget.attrs["autofocus"] = True


def in_words(fields: Mapping[str, forms.Field]) -> None:
    """A list says what choosing nothing of it means; dashes do not."""
    for field in fields.values():
        if isinstance(field, forms.ModelChoiceField) and field.empty_label == DASHES:
            field.empty_label = _("choose one") if field.required else _("none")
