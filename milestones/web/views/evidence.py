"""Evidence leaves the store here, to people who may read it; files as downloads, pictures as what we made of them."""

from __future__ import annotations

import uuid
from pathlib import Path

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_safe

from milestones import access
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.evidence import store
from milestones.models import Evidence, EvidenceState
from milestones.web.decisions import BY_NAME, Decision
from milestones.web.forms.acts import DecisionForm
from milestones.web.moment import moment
from milestones.web.reader import actor, reader

log = structlog.get_logger(__name__)
# A file is somebody else's text: the browser saves it, asks again each time whether it may, and runs nothing of it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403


@require_safe
@login_required
def file(request: HttpRequest, evidence: uuid.UUID) -> HttpResponseBase:
    found = _readable(request, evidence)
    if not found.is_file:
        raise Http404
    return _sent(
        request, found, store.path(found.sha256), media_type=found.media_type, name=found.file_name, attached=True
    )


@require_safe
@login_required
def preview(request: HttpRequest, evidence: uuid.UUID) -> HttpResponseBase:
    found = _readable(request, evidence)
    if not found.has_preview:
        raise Http404
    path = store.preview(found.sha256)
    return _sent(request, found, path, media_type="image/jpeg", name="preview.jpg", attached=False)


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


def _sent(
    request: HttpRequest, found: Evidence, path: Path, *, media_type: str, name: str, attached: bool
) -> HttpResponseBase:
    headers = {**HEADERS, "ETag": f'"{found.sha256}"'}
    empty = HttpResponse(headers=headers)
    answer = get_conditional_response(request, etag=headers["ETag"], response=empty)
    if answer is not None and answer is not empty:
        return answer
    try:
        source = path.open("rb")
    except FileNotFoundError:
        log.error("evidence_file_missing", evidence=str(found.pk), sha256=found.sha256)
        raise Http404 from None
    return FileResponse(source, as_attachment=attached, filename=name, content_type=media_type, headers=headers)
