"""Evidence leaves the store here, to people who may read it; files as downloads, pictures as what we made of them."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from milestones import access
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.evidence import serving
from milestones.models import Evidence, EvidenceState
from milestones.web.decisions import BY_NAME, Decision
from milestones.web.forms.acts import DecisionForm
from milestones.web.moment import moment
from milestones.web.reader import actor, reader

REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403


@require_safe
@login_required
def file(request: HttpRequest, evidence: uuid.UUID) -> HttpResponseBase:
    found = _readable(request, evidence)
    if not found.is_file:
        raise Http404
    return serving.file(request, found)


@require_safe
@login_required
def preview(request: HttpRequest, evidence: uuid.UUID) -> HttpResponseBase:
    found = _readable(request, evidence)
    if not found.has_preview:
        raise Http404
    return serving.preview(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def decide(request: HttpRequest, evidence: uuid.UUID, verb: str) -> HttpResponse:
    """GET asks for the reason; only POST acts."""
    chosen = BY_NAME.get(verb)
    if chosen is None:
        raise Http404
    found = _readable(request, evidence)
    if not access.may(actor(request), chosen.right, found):
        raise PermissionDenied
    form = chosen.form(found, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _asked(request, found, chosen, form)
    if not form.is_valid():
        return _asked(request, found, chosen, form, status=REFUSED)
    try:
        chosen.perform(found, form, actor=actor(request), now=moment(request).now, version=form.cleaned_data["version"])
    except DomainError as error:
        form.refuse(error)
        status = CONFLICT if isinstance(error, Conflict) else FORBIDDEN if isinstance(error, Forbidden) else REFUSED
        return _asked(request, _readable(request, evidence), chosen, form, status=status)
    messages.success(request, str(chosen.said))
    return redirect("milestone", found.milestone.plan.code, found.milestone.code)


def _asked(
    request: HttpRequest, found: Evidence, chosen: Decision, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    context = {"piece": found, "decision": chosen, "form": form, "milestone": found.milestone}
    return render(request, "web/evidence/decide.html", context | {"plan": found.milestone.plan}, status=status)


def _readable(request: HttpRequest, evidence: uuid.UUID) -> Evidence:
    """404 for what the reader may not see; what was withdrawn is kept for the office alone."""
    rows = access.visible(Evidence.objects.select_related("milestone__plan", "milestone__lead"), reader(request))
    found: Evidence = get_object_or_404(rows, pk=evidence)
    if found.state == EvidenceState.WITHDRAWN and not access.is_office(reader(request)):
        raise Http404
    return found
