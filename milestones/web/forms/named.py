"""How is a milestone, a person or an organisation named in a line of text, where a list of all would be too long?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from milestones.models import Milestone, Person, Plan


class MilestoneCodeField(forms.CharField):
    """By its code; `plan` is the one that a code without a plan's belongs to. Gives a Milestone, or None."""

    plan: Plan | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=80, **options)

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Milestone) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "").strip()

    def clean(self, value: Any) -> Any:
        said = super().clean(value).strip()
        if not said:
            return None
        plan, _slash, code = said.rpartition("/")
        rows = Milestone.objects.select_related("plan").filter(code__iexact=code)
        found = rows.filter(plan__code=plan) if plan else rows.filter(plan=self.plan)
        if (one := found.first()) is None:
            raise ValidationError(
                _("There is no milestone %(code)s; look the code up in the ledger."), params={"code": said}
            )
        return one


def labels(people: Iterable[Person]) -> dict[str, Person]:
    """“王 某 · 金贸处” → whoever that is; of two alike the address tells which."""
    found: dict[str, Person] = {}
    for person in people:
        said = label(person)
        if said in found:
            said = f"{said} · {person.email}"
        found[said] = person
    return found


def label(person: Person) -> str:
    return f"{person.display_name} · {person.organisation}" if person.organisation else person.display_name
