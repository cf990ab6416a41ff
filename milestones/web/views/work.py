"""My work: what waits for me?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from milestones.web.moment import moment
from milestones.web.presenters.plans import running
from milestones.web.presenters.work import work
from milestones.web.reader import absent, actor, reader


@require_safe
@login_required
def my_work(request: HttpRequest) -> HttpResponse:
    found = work(actor(request), moment(request), absent(request))
    is_free = not found.has_own and found.office is None
    lines = running(reader(request), moment(request)) if is_free else []
    return render(request, "web/my_work/my_work.html", {"work": found, "lines": lines})
