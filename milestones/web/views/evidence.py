"""Evidence leaves the store here, to people who may read it; files as downloads, pictures as what we made of them."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from milestones.evidence import serving
from milestones.web.views.deciding import readable


@require_safe
@login_required
def file(request: HttpRequest, evidence: uuid.UUID) -> HttpResponseBase:
    found, _milestone = readable(request, "evidence", evidence)
    if not found.is_file:
        raise Http404
    return serving.file(request, found)


@require_safe
@login_required
def preview(request: HttpRequest, evidence: uuid.UUID) -> HttpResponseBase:
    found, _milestone = readable(request, "evidence", evidence)
    if not found.has_preview:
        raise Http404
    return serving.preview(request, found)
