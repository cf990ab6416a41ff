"""Which plans are there, and how does one of them stand?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from milestones import access
from milestones.models import Plan
from milestones.web.moment import moment
from milestones.web.places import rows
from milestones.web.presenters.overview import overview
from milestones.web.presenters.plans import plan_lines
from milestones.web.reader import reader


@require_safe
@login_required
def plans(request: HttpRequest) -> HttpResponse:
    viewer = reader(request)
    shown = {"lines": plan_lines(viewer, moment(request)), "loads_plans": access.may_enter_admin(viewer)}
    return render(request, "web/plans/list.html", shown)


@require_safe
@login_required
def plan(request: HttpRequest, plan: str) -> HttpResponse:
    """`?show=overdue`, as mails say it, leads to these rows in the ledger."""
    viewer = reader(request)
    found = get_object_or_404(access.visible(Plan.objects.all(), viewer), code=plan)
    if show := request.GET.get("show"):
        return redirect(rows(plan=found.code, show=show))
    page = overview(found, viewer, moment(request))
    return render(request, "web/plans/overview.html", {"page": page, "plan": found})
