"""How are a client's scopes, reach and networks typed?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from milestones.models import ApiClient, Organisation, Plan, Scope

from .fields import DayInput
from .forms import VerbForm

ALL = "*"
REACH: dict[str, type[models.Model]] = {"plans": Plan, "organisations": Organisation}


class ReachField(forms.MultipleChoiceField):
    """Single rows, or, said in so many words, all: what is left empty opens nothing."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, model: type[models.Model], **options: Any) -> None:
        def choices() -> list[tuple[str, Any]]:
            rows = model._default_manager.order_by("code")
            return [(ALL, _("all")), *((str(row.pk), f"{row} · {row.code}") for row in rows)]  # type: ignore[attr-defined]

        super().__init__(choices=choices, **options)

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if ALL in value and len(value) > 1:
            raise ValidationError(_("Choose all, or single ones, not both."), code="both")


class LastDayField(forms.DateField):
    widget = DayInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("last day of the token"))
        options.setdefault("help_text", _("Empty: it works until it is revoked."))
        super().__init__(required=False, **options)


class ClientForm(VerbForm):
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, scope.label) for scope in Scope],
        label=_("scopes"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("“Write” implies “read” and gives the office's rights inside the reach."),
    )
    plans = ReachField(Plan, label=_("plans"))
    organisations = ReachField(
        Organisation,
        label=_("organisations"),
        help_text=_("Of the plans only milestones that these lead or take part in; the others do not exist for it."),
    )
    networks = forms.CharField(
        label=_("networks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 40}),
        help_text=_("From which it may call, one a line: 10.20.0.0/16. Empty: from everywhere."),
    )
    expires_at = LastDayField()
    not_columns = ("seen", "expires_at")

    class Meta:
        model = ApiClient
        fields = "__all__"  # the admin says which

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["organisations"] = [ALL]
            return
        self.initial["networks"] = "\n".join(self.instance.networks)
        for name in REACH:
            self.initial[name] = [ALL] if getattr(self.instance, name) is None else getattr(self.instance, name)

    def values(self, *, changed_only: bool) -> dict[str, Any]:
        """The reach as rows, None for no limit; networks as a list."""
        typed = super().values(changed_only=changed_only)
        if "networks" in typed:
            typed["networks"] = [line for line in typed["networks"].splitlines() if line.strip()]
        for name, model in REACH.items():
            if name in typed:
                everything = ALL in typed[name]
                typed[name] = None if everything else list(model._default_manager.filter(pk__in=typed[name]))
        return typed
