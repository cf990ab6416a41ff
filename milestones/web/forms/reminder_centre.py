"""Which reminders are asked for, and about whom and what? Names, codes and pinyin are typed as people know them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.models import Channel, Milestone, Person, Plan, ReminderState, ReminderStep, Suppression
from milestones.pinyin import normal

CANDIDATES = 10
MOST_MATCHES = 200  # of a filter: whoever matches beyond is left out, and told so
DAY = {"type": "date"}


class LedgerFilter(forms.Form):
    """The address of the ledger; what nobody knows is an error at its field, and the rest holds."""

    day_from = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    day_to = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    recipient = forms.CharField(label=_("Recipient"), required=False, max_length=100)
    milestone = forms.CharField(label=_("Milestone"), required=False, max_length=100)
    step = forms.ChoiceField(label=_("Step"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *ReminderState.choices])
    reason = forms.ChoiceField(label=_("Held back because"), required=False, choices=[("", "—"), *Suppression.choices])
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", _("all")), *Channel.choices])

    def __init__(self, data: Any, *, is_office: bool) -> None:
        super().__init__(data, auto_id="by-%s")
        if not is_office:
            del self.fields["recipient"], self.fields["channel"]
        codes = ReminderStep.objects.order_by("code").values_list("code", flat=True).distinct()
        steps: Any = self.fields["step"]
        steps.choices = [("", _("all")), *((code, code) for code in codes)]


class WhyForm(forms.Form):
    """A milestone and a person, each by id or as typed; `candidates` are those among whom a choice is needed."""

    milestone = forms.CharField(
        label=_("Milestone"),
        max_length=200,
        help_text=_("Code, a word of the title, or its pinyin: FIN-08, 西岛, xidao."),
    )
    person = forms.CharField(label=_("Person"), max_length=200, help_text=_("Name, pinyin or e-mail."))

    def __init__(self, data: Any, *, viewer: Person) -> None:
        super().__init__(data, auto_id="why-%s")
        self.viewer = viewer
        self.candidates: dict[str, list[Any]] = {"milestone": [], "person": []}
        if not access.is_office(viewer):
            del self.fields["person"]

    def clean_milestone(self) -> Milestone:
        rows = access.visible(Milestone.objects.all(), self.viewer).select_related("plan")
        typed = self.cleaned_data["milestone"].strip()
        plan, slash, code = typed.partition("/")
        if slash and (one := rows.filter(plan__code=plan, code=code).first()):
            return one
        found = _found(rows.order_by("-plan__year", "code"), typed, Q(code__iexact=typed))
        return self._one("milestone", found, typed)

    def clean_person(self) -> Person:
        typed = self.cleaned_data["person"].strip()
        rows = Person.objects.order_by("-is_active", "display_name")
        return self._one("person", _found(rows, typed, Q(email__iexact=typed) | Q(display_name=typed)), typed)

    def name_person(self) -> None:
        """An address may hold an id; who reads the box wants a person."""
        if "person" in self.cleaned_data:
            self.data = {**dict(self.data.items()), "person": self.cleaned_data["person"].email}

    def _one(self, name: str, found: list[Any], typed: str) -> Any:
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("Nothing is called “%(typed)s”."), code="none", params={"typed": typed})
        self.candidates[name] = found[:CANDIDATES]
        raise forms.ValidationError(_("Several are called so; choose one below."), code="several")


class ComingForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("Days"), required=False, coerce=int, empty_value=None,
        choices=[(1, _("tomorrow")), (7, _("the next 7 days")), (30, _("the next 30 days"))],
    )  # fmt: skip
    plan = forms.ModelChoiceField(
        Plan.objects.active().order_by("code"), label=_("Plan"), required=False, empty_label=_("all active plans"),
        to_field_name="code",
    )  # fmt: skip
    person = forms.CharField(
        label=_("Person"), required=False, max_length=200, widget=forms.TextInput({"placeholder": _("everybody")})
    )

    def __init__(self, data: Any, *, is_office: bool) -> None:
        super().__init__(data, auto_id="coming-%s")
        if not is_office:
            del self.fields["person"]

    def clean_days(self) -> int:
        """Tomorrow alone unless more is asked for."""
        return self.cleaned_data["days"] or 1

    def clean_person(self) -> list[Person]:
        """All who are called so; empty for everybody."""
        typed = self.cleaned_data["person"].strip()
        if not typed:
            return []
        found = _found(Person.objects.active().order_by("display_name"), typed, Q(email__iexact=typed))
        if not found:
            raise forms.ValidationError(_("Nothing is called “%(typed)s”."), code="none", params={"typed": typed})
        return found


def _found(rows: QuerySet[Any], typed: str, exactly: Q) -> list[Any]:
    """By id or exactly where there is such a row, else by what it is called."""
    by_id = rows.filter(pk=typed) if _is_id(typed) else rows.filter(exactly)
    exact = list(by_id[: CANDIDATES + 1])
    return exact or list(rows.filter(find__contains=normal(typed))[: CANDIDATES + 1])


def _is_id(typed: str) -> bool:
    return len(typed) == 36 and typed.count("-") == 4
