"""What hangs on a milestone is decided here: a page that asks, then one domain call; what was typed stays."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from milestones import access
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.models import Milestone
from milestones.web.decisions import BY_NAME, NOUNS, Decision, hidden
from milestones.web.forms.deciding import DecisionForm
from milestones.web.moment import moment
from milestones.web.presenters.deciding import about
from milestones.web.reader import actor

REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def decide(request: HttpRequest, noun: str, pk: uuid.UUID, verb: str) -> HttpResponse:
    """GET asks; only POST acts."""
    chosen = BY_NAME.get((noun, verb))
    if chosen is None:
        raise Http404
    found, milestone = readable(request, noun, pk)
    if not access.may(actor(request), chosen.right or f"{noun}.{verb}", found):
        raise PermissionDenied
    form = chosen.form(found, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _asked(request, found, chosen, form)
    if not form.is_valid():
        return _asked(request, found, chosen, form, status=REFUSED)
    try:
        chosen.perform(found, form, actor=actor(request), now=moment(request).now, version=form.cleaned_data["version"])
    except DomainError as error:
        return _refused(request, chosen, found.pk, error)
    messages.success(request, str(chosen.said))
    return redirect(_back(milestone, noun))


def readable(request: HttpRequest, noun: str, pk: uuid.UUID) -> tuple[Any, Milestone]:
    """404 for what the reader may not see; with the milestone that it hangs on."""
    kind = NOUNS[noun]
    rows = access.visible(kind.model._default_manager.select_related(*kind.near), actor(request))
    found: Any = get_object_or_404(rows, pk=pk)
    if hidden(found, actor(request)):
        raise Http404
    return found, getattr(found, kind.owner)


def _refused(request: HttpRequest, chosen: Decision, pk: Any, error: DomainError) -> HttpResponse:
    """The page as it is now, with what was typed; after a conflict a second press is meant for what it shows."""
    found, _milestone = readable(request, chosen.noun, pk)
    typed = request.POST.copy()
    if isinstance(error, Conflict):
        typed["version"] = str(found.version)
    form = chosen.form(found, typed)
    form.is_valid()
    form.refuse(error)
    status = CONFLICT if isinstance(error, Conflict) else FORBIDDEN if isinstance(error, Forbidden) else REFUSED
    return _asked(request, found, chosen, form, status=status)


def _asked(
    request: HttpRequest, found: Any, chosen: Decision, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    milestone = getattr(found, NOUNS[chosen.noun].owner)
    context = {
        "decision": chosen,
        "form": form,
        "milestone": milestone,
        "plan": milestone.plan,
        "about": about(chosen.noun, found, milestone, moment(request), actor(request)),
        "back": _back(milestone, chosen.noun),
    }
    return render(request, "web/milestones/decide.html", context, status=status)


def _back(milestone: Milestone, noun: str) -> str:
    return f"{reverse('milestone', args=[milestone.plan.code, milestone.code])}#{NOUNS[noun].anchor}"
