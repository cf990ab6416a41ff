"""How does the office hand over all that is open of a person, single rows to somebody else?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones import access
from milestones.errors import DomainError
from milestones.models import Delegation, Milestone, Organisation, Party, Person
from milestones.people import handing_over
from milestones.people.handing_over import Duties, Open

from .fields import ReasonField
from .forms import act
from .site import site


def _somebody(**kwargs: Any) -> forms.ModelChoiceField:
    widget = AutocompleteSelect(Milestone._meta.get_field("accountable"), site)
    return forms.ModelChoiceField(Person.objects.active(), required=False, widget=widget, **kwargs)


class HandOverForm(forms.Form):
    """`to` takes everything but the rows for which somebody else is named; their fields are named by their ids."""

    to = _somebody(label=gettext_lazy("new person"), help_text=gettext_lazy("For all rows that name nobody else."))
    reason = ReasonField(required=False)

    def __init__(self, duties: Duties, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duties = duties
        for one in duties:
            self.fields[_name(one)] = _somebody(label=str(one))

    def instead(self) -> dict[Any, Person]:
        named = {one.pk: self.cleaned_data[_name(one)] for one in self.duties}
        return {pk: person for pk, person in named.items() if person is not None}

    def rows(self, person: Person) -> list[Row]:
        return [Row(*_said(one, person), self[_name(one)]) for one in self.duties]


@dataclass(frozen=True)
class Row:
    kind: str
    what: str
    field: Any


def page(admin: Any, request: HttpRequest, person: Person) -> HttpResponse:
    if not access.may(act(request)["actor"], "person.hand_over", person):
        raise PermissionDenied
    duties = handing_over.duties(person, timezone.localdate())
    form = HandOverForm(duties, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _done(admin, request, person, form):
        return HttpResponseRedirect(admin.url("change", person.pk))
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Hand over all that is open"),
        "subtitle": str(person),
        "object": person,
        "form": form,
        "rows": form.rows(person),
        "decisions": len(duties.decisions),
        "media": admin.media + form.media,
        "opts": admin.opts,
    }
    return TemplateResponse(request, "admin/lingang/hand_over.html", context)


def _done(admin: Any, request: HttpRequest, person: Person, form: HandOverForm) -> bool:
    typed = form.cleaned_data
    try:
        count = handing_over.hand_over(
            person, typed["to"], instead=form.instead(), reason=typed["reason"], **act(request)
        )
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in ("to", "reason") else None, str(refusal))
        return False
    words = ngettext("%(count)s thing was handed over.", "%(count)s things were handed over.", count)
    admin.message_user(request, words % {"count": count}, messages.SUCCESS)
    return True


def _name(one: Open) -> str:
    return f"to_{one.pk}"


def _said(one: Open, person: Person) -> tuple[str, str]:
    """(what kind of duty, which one)"""
    match one:
        case Milestone():
            return _("owner"), f"{one.plan.code}/{one.code} {one.title}"
        case Party():
            milestone = one.milestone
            return one.get_role_display(), f"{milestone.plan.code}/{milestone.code} {milestone.title}"
        case Organisation():
            return " · ".join(map(str, handing_over.words_of(one, person))), str(one)
        case Delegation():
            return _("deputy"), f"{one.person} {one.starts_on}–{one.ends_on}"
