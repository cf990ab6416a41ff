"""Long work that somebody asked for: how far it is, what came of it, and its file."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from milestones import access
from milestones.jobs.queue import file_of
from milestones.models import Job, JobState
from milestones.web.presenters.jobs import mine, progress
from milestones.web.reader import reader


@require_safe
@login_required
def job(request: HttpRequest, job: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(_seen(request), pk=job)
    context = {"page": progress(found), "jobs": mine(reader(request), found)}
    response = render(request, "web/jobs/job.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@login_required
def file(request: HttpRequest, job: uuid.UUID) -> FileResponse:
    """What it made, to be kept, never to be shown in place."""
    found = get_object_or_404(_seen(request), pk=job, state=JobState.DONE)
    try:
        stream = file_of(found).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(stream, as_attachment=True, filename=found.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _seen(request: HttpRequest) -> QuerySet[Job]:
    """One's own; the office's are everybody's work."""
    rows = Job.objects.select_related("person")
    person = reader(request)
    return rows if access.is_office(person) else rows.filter(person=person)
