"""One milestone: the page, and every verb that can be pressed on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from milestones import access
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.models import Milestone
from milestones.web.actions import BY_NAME, Action
from milestones.web.forms.acts import ActForm
from milestones.web.moment import moment
from milestones.web.presenters.conflicts import Problem, problem
from milestones.web.presenters.milestone import Offer, page
from milestones.web.reader import actor, reader

REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403


@require_safe
@login_required
def milestone(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    return _page(request, _find(request, plan, code))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def act(request: HttpRequest, plan: str, code: str, action: str) -> HttpResponse:
    """GET opens the page with the action's form; only POST acts."""
    chosen = BY_NAME.get(action)
    if chosen is None:
        raise Http404
    found = _find(request, plan, code)
    if not access.may(actor(request), chosen.right, found):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, found, opened=action)
    return _perform(request, found, chosen)


def _perform(request: HttpRequest, found: Milestone, action: Action) -> HttpResponse:
    form = _form(action, found, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, Offer(action, form, is_open=True), status=REFUSED)
    how = {"actor": actor(request), "now": moment(request).now, "version": form.cleaned_data["version"]}
    try:
        action.perform(found, form, **how)
    except DomainError as error:
        return _refused(request, action, error)
    messages.success(request, str(action.said))
    return redirect("milestone", found.plan.code, found.code)


def _refused(request: HttpRequest, action: Action, error: DomainError) -> HttpResponse:
    """The page as it is now, with the form as it was typed, and why nothing was saved."""
    match = request.resolver_match
    assert match is not None
    found = _find(request, match.kwargs["plan"], match.kwargs["code"])
    if not isinstance(error, Conflict):
        form = _form(action, found, request.POST, request.FILES)
        form.is_valid()
        form.refuse(error)
        status = FORBIDDEN if isinstance(error, Forbidden) else REFUSED
        return _page(request, found, Offer(action, form, is_open=True), status=status)
    typed = request.POST.copy()
    typed["version"] = str(found.version)  # a second press is then meant for what the page shows now
    form = _form(action, found, typed, request.FILES)
    form.is_valid()
    told: Problem = problem(error, found)
    if action.is_plain:
        form.add_error(None, str(error))
    return _page(request, found, Offer(action, form, is_open=True, problem=told), status=CONFLICT)


def _form(action: Action, found: Milestone, data: Any, files: Any) -> ActForm:
    return action.form(found, data=data, files=files, auto_id=f"{action.name}-%s")


def _page(
    request: HttpRequest, found: Milestone, asked: Offer | None = None, *, opened: str = "", status: int = 200
) -> HttpResponse:
    shown = page(found, actor(request), moment(request), asked=asked, opened=opened)
    context = {"page": shown, "milestone": found, "plan": found.plan}
    return render(request, "web/milestones/milestone.html", context, status=status)


def _find(request: HttpRequest, plan: str, code: str) -> Milestone:
    """404 for what the reader may not see."""
    rows = access.visible(Milestone.objects.all(), reader(request))
    near = ("plan", "workstream", "lead", "accountable", "submitted_by", "carried_from__plan", "carried_to__plan")
    related = rows.select_related(*near).prefetch_related("parties__organisation", "parties__person")
    return get_object_or_404(related, plan__code=plan, code=code)
