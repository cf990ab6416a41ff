"""The ledger: every milestone in one table, as its address says."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from milestones.ledger.query import Query
from milestones.web.moment import moment
from milestones.web.presenters.ledger import ledger as shown
from milestones.web.presenters.ledger import none_found
from milestones.web.reader import reader


@require_safe
@login_required
def ledger(request: HttpRequest) -> HttpResponse:
    """All of the page; of an answer to htmx the browser takes what it asked for."""
    query = Query.of(request.GET)
    page = shown(query, reader(request), moment(request))
    context = {"page": page, "nothing": [] if page.rows else none_found(page)}
    return render(request, "web/ledger/ledger.html", context)
