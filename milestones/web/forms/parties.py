"""How is it typed which units take part in a milestone, as what, and who it is there? A line each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from milestones.models import Milestone, Organisation, PartyRole, Person
from milestones.planning.operations import PartyInput

from .named import label, labels

EMPTY_LINES = 2
MOST = 40
Key = tuple[str, str, str]  # role, unit's id, person as they are named in the line


class PartiesWidget(forms.Widget):
    """Its value is the list of lines that name a unit."""

    template_name = "web/milestones/parties_widget.html"
    use_fieldset = True
    units: list[tuple[str, str]]
    people: list[str]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        lines = [*(value or []), *[(PartyRole.SUPPORTING.value, "", "")] * EMPTY_LINES]
        context["widget"] |= {
            "lines": [
                {"n": n, "role": role, "unit": unit, "person": person} for n, (role, unit, person) in enumerate(lines)
            ],
            "roles": PartyRole.choices,
            "units": self.units,
            "people": self.people,
        }
        return context

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> SafeString:
        """By the site's own templates; the renderer of forms knows Django's only."""
        return render_to_string(template_name, context)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Key]:
        lines = [
            tuple(str(data.get(f"{name}-{n}-{part}", "")).strip() for part in ("role", "unit", "person"))
            for n in range(MOST)
        ]
        return [line for line in lines if line[1]]  # type: ignore[misc]  # three parts each

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-0-role" not in data


class PartiesField(forms.Field):
    """A list of PartyInput. The units and people to choose from are asked for when the field is shown or read."""

    widget = PartiesWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    @cached_property
    def units(self) -> dict[str, Organisation]:
        return {str(one.pk): one for one in Organisation.objects.order_by("code")}

    @cached_property
    def people(self) -> dict[str, Person]:
        return labels(Person.objects.active().select_related("organisation").order_by("display_name", "email"))

    def equip(self, widget: Any) -> None:
        widget.units = [(pk, str(one)) for pk, one in self.units.items() if one.is_active]
        widget.people = list(self.people)

    def clean(self, value: list[Key]) -> list[PartyInput]:
        return [self._party(*line) for line in value]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(initial or []) != sorted(data or [])

    def said(self, value: Any) -> str:
        roles = dict(PartyRole.choices)
        lines = [
            " ".join(filter(None, (str(roles.get(role, role)), str(self.units.get(unit, unit)), person)))
            for role, unit, person in value or []
        ]
        return "; ".join(lines)

    def _party(self, role: str, unit: str, person: str) -> PartyInput:
        if unit not in self.units:
            raise ValidationError(_("Choose an organisation from the list."), code="choice")
        if person and person not in self.people:
            message = _("“%(name)s” is nobody of the list; choose one, or leave the line empty.")
            raise ValidationError(message, params={"name": person}, code="choice")
        return PartyInput(role, self.units[unit], self.people.get(person))


def lines_of(milestone: Milestone) -> list[Key]:
    """The present lines, or, of a milestone as it once was, those of `parties_then` as history keeps them."""
    then = getattr(milestone, "parties_then", None)
    if then is None:
        rows = milestone.parties.select_related("organisation", "person__organisation")
        return [(row.role, str(row.organisation_id), label(row.person) if row.person else "") for row in rows]
    people = Person.objects.select_related("organisation").in_bulk([person for _role, _unit, person in then if person])
    names = {str(pk): label(one) for pk, one in people.items()}
    return [(role, unit, names.get(person or "", "")) for role, unit, person in then]
