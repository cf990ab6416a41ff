"""Who stands in for me, and from when to when?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.models import Person
from milestones.web.forms.refusing import RefusingForm


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class Somebody(forms.ModelChoiceField):
    """With the organisation, which tells two of a name apart."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.display_name} · {obj.organisation}" if obj.organisation_id else str(obj.display_name)


class DeputyForm(RefusingForm):
    deputy = Somebody(Person.objects.none(), label=_("Deputy"))
    starts_on = _day(_("First day"))
    ends_on = _day(_("Last day"))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def __init__(self, person: Person, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, auto_id="deputy-%s", initial=initial)
        field = self.fields["deputy"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Person.objects.active().exclude(pk=person.pk).select_related("organisation")
