"""Notices: the list, and one to be read, signed for, answered, cancelled and printed."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from milestones import access
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.models import NOTICE_TRANSITIONS, Notice
from milestones.notices import operations
from milestones.web.forms.notices import CancelForm, ReplyForm, SignForm
from milestones.web.moment import moment
from milestones.web.presenters.notice import journey, sheet
from milestones.web.presenters.notice_list import Asked, notice_list
from milestones.web.reader import actor, reader

REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403
FORMS: dict[str, type[SignForm]] = {"sign": SignForm, "reply": ReplyForm, "cancel": CancelForm}
DONE = {
    "sign": _("It is recorded that the notice arrived."),
    "reply": _("The answer is recorded."),
    "cancel": _("The notice is cancelled; its number stays used."),
}


@require_safe
@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """Filters live in the address."""
    page = notice_list(actor(request), Asked.read(request.GET), moment(request))
    return render(request, "web/notices/list.html", {"page": page})


@require_safe
@login_required
def notice(request: HttpRequest, notice: uuid.UUID) -> HttpResponse:
    return _page(request, _find(request, notice))


@require_safe
@login_required
def printed(request: HttpRequest, notice: uuid.UUID) -> HttpResponse:
    """The sheet alone, made for paper."""
    found = _find(request, notice)
    return render(request, "web/notices/print.html", {"sheet": sheet(found, moment(request))})


@require_POST
@login_required
def act(request: HttpRequest, notice: uuid.UUID, verb: str) -> HttpResponse:
    if verb not in FORMS:
        raise Http404
    found = _find(request, notice)
    if not access.may(actor(request), f"notice.{verb}", found):
        raise PermissionDenied
    form = FORMS[verb](found, request.POST)
    if not form.is_valid():
        return _page(request, found, {verb: form}, status=REFUSED)
    how: Any = {"actor": actor(request), "now": moment(request).now, "version": form.cleaned_data["version"]}
    try:
        _perform(found, verb, form, how)
    except DomainError as error:
        return _refused(request, notice, verb, error)
    messages.success(request, str(DONE[verb]))
    return redirect("notice", found.pk)


def _perform(found: Notice, verb: str, form: SignForm, how: Any) -> None:
    """One domain call."""
    match verb:
        case "sign":
            operations.sign(found, **how)
        case "reply":
            operations.reply(found, form.cleaned_data["reply"], **how)
        case _cancel:
            operations.cancel(found, reason=form.cleaned_data["reason"], **how)


def _refused(request: HttpRequest, notice: uuid.UUID, verb: str, error: DomainError) -> HttpResponse:
    """The notice as it is now, with the form as it was typed: a second press is meant for what the page shows."""
    found = _find(request, notice)
    typed = request.POST.copy()
    typed["version"] = str(found.version)
    form = FORMS[verb](found, typed)
    form.is_valid()
    form.refuse(error)
    status = CONFLICT if isinstance(error, Conflict) else FORBIDDEN if isinstance(error, Forbidden) else REFUSED
    return _page(request, found, {verb: form}, status=status)


def _page(
    request: HttpRequest, found: Notice, asked: dict[str, SignForm] | None = None, *, status: int = 200
) -> HttpResponse:
    """With a form for each verb that state and rights allow, and the one that was just refused."""
    forms = {verb: form(found) for verb, form in FORMS.items() if _open_to(request, found, verb)} | (asked or {})
    context = {
        "sheet": sheet(found, moment(request)),
        "notice": found,
        "journey": journey(found, actor(request)),
        **{verb: forms.get(verb) for verb in FORMS},
    }
    return render(request, "web/notices/notice.html", context, status=status)


def _open_to(request: HttpRequest, found: Notice, verb: str) -> bool:
    sources, _target = NOTICE_TRANSITIONS[verb]
    in_time = found.state in sources and found.milestone.plan.is_active
    return in_time and access.may(actor(request), f"notice.{verb}", found)


def _find(request: HttpRequest, notice: uuid.UUID) -> Notice:
    """404 for what the reader may not see."""
    rows = access.visible(Notice.objects.all(), reader(request)).select_related(
        "organisation",
        "issued_by__organisation",
        "signed_by",
        "replied_by",
        "milestone__plan",
        "milestone__lead",
        "milestone__accountable",
        "milestone__workstream",
    )
    return get_object_or_404(rows, pk=notice)
