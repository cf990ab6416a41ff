"""The trend of a plan: how the dates that were expected moved while time went by."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from milestones import access
from milestones.models import Plan
from milestones.web.moment import moment
from milestones.web.presenters.trend import trend as drawn
from milestones.web.reader import reader


@require_safe
@login_required
def trend(request: HttpRequest, plan: str) -> HttpResponse:
    viewer = reader(request)
    found = get_object_or_404(access.visible(Plan.objects.all(), viewer), code=plan)
    page = drawn(found, viewer, moment(request), request.GET)
    return render(request, "web/trend/page.html", {"page": page, "plan": found})
