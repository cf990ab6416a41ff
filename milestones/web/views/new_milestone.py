"""A new milestone of a plan."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milestones import access
from milestones.errors import DomainError
from milestones.models import Milestone, Plan
from milestones.planning import operations
from milestones.planning.codes import with_free_code
from milestones.web.forms.editing import NewForm
from milestones.web.moment import moment
from milestones.web.reader import actor

REFUSED = 422


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def create(request: HttpRequest, plan: str) -> HttpResponse:
    """GET asks; only POST acts."""
    found = get_object_or_404(access.visible(Plan.objects.all(), actor(request)), code=plan)
    if not access.may(actor(request), "milestone.create", Milestone(plan=found)):
        raise PermissionDenied
    form = NewForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _create(request, found, form)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The milestone is in the plan; its due date is its first promise."))
            return redirect("milestone", found.code, made.code)
    status = REFUSED if form.errors else 200
    return render(request, "web/milestones/new.html", {"form": form, "plan": found}, status=status)


def _create(request: HttpRequest, plan: Plan, form: NewForm) -> Milestone:
    typed = form.cleaned_data

    def make(code: dict[str, str]) -> Milestone:
        values = form.values | code
        how = {"reason": typed["reason"], "parties": typed["parties"]}
        return operations.create(plan, values, **how, actor=actor(request), now=moment(request).now)

    return make({"code": typed["code"]}) if typed["code"] else with_free_code(typed["workstream"], make)
