"""How does the office anonymise a leaver, and hand out what is held on a person?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.models import Person
from milestones.people import export, privacy

from . import pages
from .fields import ReasonField
from .forms import act


class AnonymiseForm(pages.Ask):
    """Asked twice: there is no way back."""

    reason = ReasonField()
    sure = forms.BooleanField(label=_("I know that this cannot be undone."))


def anonymise(admin: Any, request: HttpRequest, person: Person) -> HttpResponseBase:
    duties = privacy.open_duties(person, act(request)["now"].date())
    return pages.ask(
        admin,
        request,
        person,
        title=_("Anonymise this account?"),
        button=_("Anonymise for good"),
        do=_anonymise,
        done=_("The account has no name any more."),
        allowed=access.may(act(request)["actor"], "person.anonymise", person),
        form_class=AnonymiseForm,
        template="admin/lingang/anonymise.html",
        shown={"duties": [(privacy.DUTIES[kind], rows.count()) for kind, rows in duties.items()]},
    )


def download(request: HttpRequest, person: Person) -> StreamingHttpResponse:
    """The document leaves piece by piece, and no cache keeps it."""
    how = act(request)
    if how["actor"].person != person and not access.may(how["actor"], "person.export", person):
        raise PermissionDenied
    response = StreamingHttpResponse(export.export(person, **how), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="person-{person.pk}.json"'
    response["Cache-Control"] = "no-store"
    return response


def _anonymise(person: Person, typed: dict[str, Any], how: dict[str, Any]) -> None:
    privacy.anonymise(person, reason=typed["reason"], version=typed["version"], **how)
