"""What does a form of the admin hand to its verb: the typed columns, who does it, and the version that was seen?"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.forms.models import construct_instance
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from milestones.actors import Actor
from milestones.errors import Conflict, DomainError
from milestones.models import Person, Via

NOT_SAVED = _("Nothing was saved yet; compare the values above.")


def act(request: HttpRequest) -> dict[str, Any]:
    """What every verb is told: who does this by which way in, and when."""
    now = timezone.now()
    day = now.astimezone(timezone.get_default_timezone()).date()
    return {"actor": Actor(person(request), Via.ADMIN, day=day), "now": now}


def person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def _lines(value: Any) -> Any:
    """Browsers end lines with CR LF; stored texts do not."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


class VerbForm(forms.ModelForm):
    """A form whose result is the arguments of a verb.

    `seen` is the version it was opened with, `refusal` is what the verb answered at the first attempt.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    refusal: ClassVar[DomainError | None] = None
    not_columns: ClassVar[Sequence[str]] = ("seen",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and "seen" in self.fields:
            self.initial["seen"] = self.instance.version
            self.fields["seen"].required = True
        for field in self.fields.values():
            field.label = capfirst(field.label) if field.label else field.label

    def values(self, *, changed_only: bool) -> dict[str, Any]:
        """The columns as typed; those that differ from what is stored when `changed_only`."""
        names = self.changed_data if changed_only else list(self.fields)
        return {name: _lines(self.cleaned_data[name]) for name in names if name not in self.not_columns}

    def _post_clean(self) -> None:
        """As stock for single columns; constraints are left to the verb, which answers better and at its field."""
        exclude = self._get_validation_exclusions()  # type: ignore[attr-defined]
        self.instance = copy.copy(self.instance)  # the page goes on calling the object by its stored name
        construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
        try:
            self.instance.clean_fields(exclude=exclude)
        except forms.ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]
        if self.refusal is not None:
            field = self.refusal.field if self.refusal.field in self.fields else None
            told = [NOT_SAVED] if isinstance(self.refusal, Conflict) else str(self.refusal).splitlines()
            self.add_error(field, told)  # a list of texts is one error each
