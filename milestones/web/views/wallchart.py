"""The wall chart of a plan: every milestone by workstream over the year."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from milestones import access
from milestones.models import Plan
from milestones.web.moment import moment
from milestones.web.presenters.wallchart.page import wall_chart
from milestones.web.reader import reader


@gzip_page  # hundreds of rows say the same; Django adds bytes at random against guessing by length
@require_safe
@login_required
def wallchart(request: HttpRequest, plan: str) -> HttpResponse:
    """All of the page; of an answer to htmx the browser takes what it asked for."""
    viewer = reader(request)
    found = get_object_or_404(access.visible(Plan.objects.all(), viewer), code=plan)
    page = wall_chart(found, viewer, moment(request), request.GET)
    return render(request, "web/wallchart/page.html", {"page": page, "plan": found})
