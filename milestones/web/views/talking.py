"""Comments of a milestone, who watches it, and why somebody was or was not reminded of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from milestones import access
from milestones.conversation import comments, watching
from milestones.errors import DomainError, Forbidden
from milestones.models import Milestone, Person
from milestones.web.forms.talking import CommentForm
from milestones.web.moment import moment
from milestones.web.presenters.milestone import page
from milestones.web.presenters.reminders import why as reasons
from milestones.web.reader import actor
from milestones.web.views.milestones import find, shown_page

REFUSED, FORBIDDEN = 422, 403


@require_POST
@login_required
def comment(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """A refused one comes back on the milestone's page with what was typed."""
    found, form = find(request, plan, code), CommentForm(request.POST)
    if not access.may(actor(request), "comment.add", found):
        raise PermissionDenied
    status = REFUSED
    if form.is_valid():
        try:
            comments.add(found, form.cleaned_data["text"], actor=actor(request), now=moment(request).now)
        except DomainError as error:
            form.refuse(error)
            status = FORBIDDEN if isinstance(error, Forbidden) else REFUSED
        else:
            messages.success(request, _("The comment is there; whoever it names is told by mail."))
            return redirect(_at(found, "comments"))
    shown = page(found, actor(request), moment(request), comment=form)
    return shown_page(request, found, shown, status=status)


@require_POST
@login_required
def watch(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """`watch=1` begins, everything else ends."""
    found = find(request, plan, code)
    begins = request.POST.get("watch") == "1"
    try:
        (watching.start if begins else watching.stop)(found, actor=actor(request), now=moment(request).now)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        said = _("You hear of what happens here by mail.") if begins else _("You no longer hear of what happens here.")
        messages.success(request, said)
    return redirect(_at(found, ""))


@require_safe
@login_required
def why(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Of the owner's mails, else of the reader's own; `?person=` names somebody else, which the office may."""
    found, reader = find(request, plan, code), actor(request).person
    assert reader is not None  # signed in
    people = list(_askable(reader, found))
    named = next((one for one in people if str(one.pk) == request.GET.get("person")), None)
    told = reasons(found, named or found.accountable or reader, moment(request))
    context = {"milestone": found, "plan": found.plan, "why": told, "people": people}
    return render(request, "web/milestones/why.html", context)


def _askable(reader: Person, found: Milestone) -> Iterable[Person]:
    """Everybody for the office; for all others the owner and themselves."""
    people = Person.objects.active().select_related("organisation").order_by("display_name")
    return people if access.is_office(reader) else people.filter(pk__in=[reader.pk, found.accountable_id or reader.pk])


def _at(found: Milestone, anchor: str) -> str:
    address = reverse("milestone", args=[found.plan.code, found.code])
    return f"{address}#{anchor}" if anchor else address
