"""The reminder centre: the ledger, what is to come, why somebody got something or not, and the outbox."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from milestones import access
from milestones.reminders import explain, explain_asks, explain_words
from milestones.upkeep import outbox
from milestones.web.forms.reminder_centre import ComingForm, LedgerFilter, WhyForm
from milestones.web.moment import moment
from milestones.web.presenters.reminder_centre import age, ledger, outbox_page
from milestones.web.presenters.reminders_coming import coming as coming_page
from milestones.web.reader import reader


@require_safe
@login_required
def reminders(request: HttpRequest) -> HttpResponse:
    """The office sees everybody's, others their own; filters live in the address."""
    viewer, now = reader(request), moment(request).now
    office = access.is_office(viewer)
    form = LedgerFilter(request.GET, is_office=office)
    form.is_valid()
    page = ledger(form.cleaned_data, of=None if office else viewer, after=request.GET.get("after", ""))
    look = outbox.look(now) if office else None
    context = {"page": page, "form": form, "look": look, "minutes": age(look, now) if look else None}
    return _render(request, "ledger", context)


@require_safe
@login_required
def coming(request: HttpRequest) -> HttpResponse:
    viewer = reader(request)
    office = access.is_office(viewer)
    form = ComingForm(request.GET, is_office=office)
    page = None
    if form.is_valid():
        given = form.cleaned_data
        now = timezone.localtime(moment(request).now)
        people = given["person"] if office else [viewer]
        page = coming_page(now, given["days"], plan=given["plan"], people=people)
    return _render(request, "coming", {"page": page, "form": form, "days": form["days"].value() or "1"})


@require_safe
@login_required
def why(request: HttpRequest) -> HttpResponse:
    """One form: a milestone and a person. The address of an answer can be passed on."""
    viewer, now = reader(request), moment(request).now
    form = WhyForm(request.GET or None, viewer=viewer)
    context: dict[str, Any] = {"form": form, "one": None, "candidates": form.candidates}
    if form.is_valid():
        form.name_person()
        one = explain.explain(form.cleaned_data["milestone"], form.cleaned_data.get("person", viewer), now=now)
        context |= {
            "one": one,
            "about": list(explain_words.about(one)),
            "lines": explain_words.table(one),
            "asked": list(explain_asks.lines(one.milestone, one.person, now=now)),
        }
    return _render(request, "why", context)


@require_safe
@login_required
def mails(request: HttpRequest) -> HttpResponse:
    if not access.is_office(reader(request)):
        raise PermissionDenied
    return _render(request, "outbox", {"page": outbox_page(moment(request).now)})


def _render(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    office = access.is_office(reader(request))
    return render(request, f"web/reminders/{name}.html", context | {"here": name, "is_office": office})
