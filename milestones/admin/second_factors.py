"""From whom does the office demand a second factor?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.models import Person, Role, SecondFactorDemand
from milestones.people import second_factors
from milestones.people.sign_in import with_factor

from .forms import VerbForm, act, person
from .site import site
from .verbs import VerbAdmin


class DemandForm(VerbForm):
    role = forms.ChoiceField(
        label=_("role"),
        choices=Role.choices,
        help_text=_("Whoever has it and no second factor sets one up before anything else, from the next page on."),
    )


@admin.register(SecondFactorDemand, site=site)
class SecondFactorDemandAdmin(VerbAdmin):
    noun = "second_factor"
    form = DemandForm
    list_display = ("role", "created_at", "have", "lack")
    fieldsets = [(None, {"fields": ["role"]})]

    @admin.display(description=_("have one"))
    def have(self, obj: SecondFactorDemand) -> int:
        return with_factor(_of(obj)).count()

    @admin.display(description=_("still lack one"))
    def lack(self, obj: SecondFactorDemand) -> int:
        return _of(obj).count() - self.have(obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.may(person(request), "second_factor.demand")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and access.may(person(request), "second_factor.waive", obj)

    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> SecondFactorDemand:
        return second_factors.demand(form.cleaned_data["role"], **act(request))

    def erase(self, request: HttpRequest, obj: SecondFactorDemand) -> None:
        second_factors.waive(obj, version=obj.version, **act(request))


def _of(obj: SecondFactorDemand) -> Any:
    return Person.objects.active().in_role(obj.role)
