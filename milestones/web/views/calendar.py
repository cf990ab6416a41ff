"""The calendar: a month with its days off, and what falls due in it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from milestones.web.moment import moment
from milestones.web.presenters.calendar import month
from milestones.web.reader import reader


@require_safe
@login_required
def calendar(request: HttpRequest) -> HttpResponse:
    """All of the page; of an answer to htmx the browser takes what it asked for."""
    page = month(reader(request), moment(request), request.GET)
    return render(request, "web/calendar/page.html", {"page": page})
