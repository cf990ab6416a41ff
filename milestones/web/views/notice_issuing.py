"""How does the office issue a notice from a milestone, seeing the sheet before it has a number?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milestones import access
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.models import Milestone, Notice
from milestones.notices import operations
from milestones.notices.recipients import recipients
from milestones.web.forms.notices import IssueForm
from milestones.web.moment import moment
from milestones.web.presenters.notice import Sheet, sheet
from milestones.web.reader import actor, reader

REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def issue(request: HttpRequest) -> HttpResponse:
    """`?milestone=plan/code`. GET shows the sheet as suggested, POST as it was typed; with `sure` it is issued."""
    found = _find(request)
    if not access.may(actor(request), "notice.issue", found):
        raise PermissionDenied
    today = moment(request).today(found.plan.zone)
    form = IssueForm(found, request.POST if request.method == "POST" else None, today=today)
    if request.method != "POST":
        return _page(request, found, form, _suggested(form))
    if not form.is_valid():
        return _page(request, found, form, {}, status=REFUSED)
    if "sure" not in request.POST:
        shown = IssueForm(found, _filled(request, form), today=today)
        shown.is_valid()
        return _page(request, found, shown, form.cleaned_data)
    try:
        notice = operations.issue(found, **form.cleaned_data, actor=actor(request), now=moment(request).now)
    except DomainError as error:
        return _refused(request, form, error)
    _say_who(request, notice)
    return redirect("notice", notice.pk)


def _refused(request: HttpRequest, form: IssueForm, error: DomainError) -> HttpResponse:
    """The milestone as it is now, with what was typed: a second press is meant for what the page shows."""
    found = _find(request)
    typed = _filled(request, form)
    typed["version"] = str(found.version)
    again = IssueForm(found, typed, today=moment(request).today(found.plan.zone))
    again.is_valid()
    again.refuse(error)
    status = CONFLICT if isinstance(error, Conflict) else FORBIDDEN if isinstance(error, Forbidden) else REFUSED
    return _page(request, found, again, {}, status=status)


def _page(
    request: HttpRequest, found: Milestone, form: IssueForm, given: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown, problem = None, ""
    if given:
        try:
            shown = _sheet(request, found, given)
        except DomainError as error:
            problem = str(error)
    told = recipients(found, shown.notice.organisation, shown.notice.issued_on) if shown else []
    context = {
        "form": form,
        "matter": form["matter"].as_widget(attrs={"hx-swap-oob": "true"}),  # with what fits another level
        "sheet": shown,
        "problem": problem,
        "told": told,
        "milestone": found,
        "plan": found.plan,
    }
    template = "web/notices/preview.html" if request.htmx else "web/notices/issue.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _sheet(request: HttpRequest, found: Milestone, given: dict[str, Any]) -> Sheet:
    """Checked by the rules that issue it; nothing is written and no number is taken."""
    how: Any = {name: value for name, value in given.items() if name != "version"}
    drafted = operations.draft(found, **how, actor=actor(request), now=moment(request).now)
    return replace(sheet(drafted.notice, moment(request)), number=_("The number is given when it is issued"))


def _suggested(form: IssueForm) -> dict[str, Any]:
    """As if it was sent off unchanged."""
    first = form.initial
    units: Any = form.fields["organisation"]
    return {
        "level": str(first["level"]),
        "organisation": units.queryset.filter(pk=first["organisation"]).first(),
        "matter": first["matter"],
        "respond_days": None,
    }


def _filled(request: HttpRequest, form: IssueForm) -> Any:
    typed = request.POST.copy()
    typed["matter"] = form.cleaned_data["matter"]
    return typed


def _say_who(request: HttpRequest, notice: Notice) -> None:
    told = recipients(notice.milestone, notice.organisation, notice.issued_on)
    if told:
        said = _("The notice is issued. Told by mail: %(names)s") % {"names": _(", ").join(str(one) for one in told)}
        messages.success(request, said)
    else:
        said = _("The notice is issued, but nobody could be told by mail: the organisation has nobody with an account.")
        messages.warning(request, said)


def _find(request: HttpRequest) -> Milestone:
    """404 without a milestone that the reader may see."""
    plan, _slash, code = request.GET.get("milestone", "").partition("/")
    rows = access.visible(Milestone.objects.all(), reader(request))
    near = ("plan", "workstream", "lead__head", "lead__coordinator", "accountable")
    return get_object_or_404(rows.select_related(*near).prefetch_related("parties"), plan__code=plan, code=code)
