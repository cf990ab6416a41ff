"""One milestone: its page, and a page for each verb that can be pressed on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from milestones import access
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.models import Milestone, Party
from milestones.web.actions import BY_NAME, Action
from milestones.web.forms import merging
from milestones.web.forms.acts import ActForm
from milestones.web.moment import moment
from milestones.web.presenters.acting import acting
from milestones.web.presenters.conflicts import Problem, problem
from milestones.web.presenters.milestone import page
from milestones.web.reader import actor, reader

REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403
NEAR = (
    "plan", "workstream", "lead__supervising_leader", "accountable__organisation", "submitted_by", "carried_from__plan",
    "carried_to__plan", "parent",
)  # fmt: skip


@require_safe
@login_required
def milestone(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """`?history=all` shows the whole history."""
    found = find(request, plan, code)
    shown = page(found, actor(request), moment(request), whole_history=request.GET.get("history") == "all")
    return shown_page(request, found, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def act(request: HttpRequest, plan: str, code: str, action: str) -> HttpResponse:
    """GET asks; only POST acts."""
    chosen = BY_NAME.get(action)
    if chosen is None:
        raise Http404
    found = find(request, plan, code)
    if not access.may(actor(request), chosen.right, found):
        raise PermissionDenied
    if request.method != "POST":
        return _asked(request, found, chosen, chosen.form(found))
    return _perform(request, found, chosen)


def _perform(request: HttpRequest, found: Milestone, action: Action) -> HttpResponse:
    typed = merging.chosen(action.form, found, request.POST)
    form = action.form(found, data=typed, files=request.FILES)
    if not form.is_valid():
        return _asked(request, found, action, form, status=REFUSED)
    how = {"actor": actor(request), "now": moment(request).now, "version": form.cleaned_data["version"]}
    try:
        action.perform(found, form, **how)
    except DomainError as error:
        return _refused(request, found, action, typed, error)
    messages.success(request, str(action.said))
    return redirect("milestone", found.plan.code, found.code)


def _refused(
    request: HttpRequest, before: Milestone, action: Action, typed: QueryDict, error: DomainError
) -> HttpResponse:
    """The form as it was typed, and why nothing was saved; after a conflict with what the others typed beside it."""
    found = find(request, before.plan.code, before.code)
    if not isinstance(error, Conflict):
        form = action.form(found, data=typed, files=request.FILES)
        form.is_valid()
        form.refuse(error)
        return _asked(request, found, action, form, status=FORBIDDEN if isinstance(error, Forbidden) else REFUSED)
    merged, met = merging.merge(action.form, found, typed, merging.since(typed, before))
    form = action.form(found, data=merged, files=request.FILES)
    form.is_valid()
    told: Problem = problem(error, found, met)
    return _asked(request, found, action, form, told, status=CONFLICT)


def _asked(
    request: HttpRequest,
    found: Milestone,
    action: Action,
    form: ActForm,
    problem: Problem | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "action": action,
        "form": form,
        "problem": problem,
        "milestone": found,
        "plan": found.plan,
    }
    context["about"] = acting(found, action, form, actor(request), moment(request))
    return render(request, "web/milestones/act.html", context, status=status)


def shown_page(request: HttpRequest, found: Milestone, shown: Any, *, status: int = 200) -> HttpResponse:
    context = {"page": shown, "milestone": found, "plan": found.plan}
    return render(request, "web/milestones/milestone.html", context, status=status)


def find(request: HttpRequest, plan: str, code: str) -> Milestone:
    """404 for what the reader may not see."""
    rows = access.visible(Milestone.objects.all(), reader(request))
    parties = Prefetch("parties", Party.objects.select_related("organisation", "person"))
    related = rows.select_related(*NEAR).prefetch_related(parties)
    return get_object_or_404(related, plan__code=plan, code=code)
