"""How does a form say what was wrong, and where?"""

from __future__ import annotations

from typing import Any

from django import forms

from milestones.errors import DomainError


class RefusingForm(forms.Form):
    """`aliases` maps the domain's field names to this form's."""

    aliases: dict[str, str] = {}

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
