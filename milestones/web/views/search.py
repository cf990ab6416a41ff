"""One box for everything: milestones, targets, notices, organisations, people."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from milestones.web.presenters.search import search as find
from milestones.web.reader import actor


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """A whole code leads to its page at once."""
    found = find(request.GET.get("q", ""), actor(request))
    if found.only and not getattr(request, "htmx", False):
        return redirect(found.only)
    return render(request, "web/search/search.html", {"found": found})
