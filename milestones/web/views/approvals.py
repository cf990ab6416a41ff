"""Decisions that wait for the reader: the page of all, and each of them with both ways to decide."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from milestones import access
from milestones.changes import labels
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.web import waiting
from milestones.web.approving import KINDS, Kind, Verb
from milestones.web.forms.approvals import ApprovalForm
from milestones.web.moment import moment
from milestones.web.presenters import approvals as pages
from milestones.web.presenters.approval import First, Item, item
from milestones.web.reader import actor

REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403


@require_safe
@login_required
def approvals(request: HttpRequest) -> HttpResponse:
    """`?kind=extension` shows one kind."""
    chosen = request.GET.get("kind", "")
    page = pages.approvals(actor(request), moment(request), chosen if chosen in KINDS else "")
    return render(request, "web/approvals/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def approval(request: HttpRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    """GET shows one of them alone; POST decides it by the verb of the button that was pressed."""
    chosen = KINDS.get(kind)
    if chosen is None:
        raise Http404
    found = _find(request, chosen, pk)
    if not access.may(actor(request), chosen.right, found):
        raise PermissionDenied
    if request.method != "POST":
        return _card(request, _item(request, chosen, found))
    verb = chosen.verb(request.POST.get("verb", ""))
    if verb is None:
        raise Http404
    return _decide(request, chosen, found, verb)


def _decide(request: HttpRequest, kind: Kind, found: Any, verb: Verb) -> HttpResponse:
    form = ApprovalForm(kind, found, request.POST, verb=verb)
    if not form.is_valid():
        return _card(request, _item(request, kind, found, form), status=REFUSED)
    given = form.cleaned_data
    try:
        verb.perform(found, given["words"], actor=actor(request), now=moment(request).now, version=given["version"])
    except DomainError as error:
        return _refused(request, kind, found.pk, verb, error)
    if not request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        messages.success(request, str(verb.said))
        return redirect("approvals")
    done = {"item": _item(request, kind, _find(request, kind, found.pk)), "said": verb.said}
    return render(request, "web/approvals/done.html", done | {"count": waiting.count(actor(request))})


def _refused(request: HttpRequest, kind: Kind, pk: uuid.UUID, verb: Verb, error: DomainError) -> HttpResponse:
    """As it is now, with what was typed: a second press is meant for what the page shows."""
    found = _find(request, kind, pk)
    typed = request.POST.copy()
    typed["version"] = str(found.version)
    form = ApprovalForm(kind, found, typed, verb=verb)
    form.is_valid()
    form.refuse(error)
    status = CONFLICT if isinstance(error, Conflict) else FORBIDDEN if isinstance(error, Forbidden) else REFUSED
    first = First(labels.who(error.who), error.when) if isinstance(error, Conflict) else None
    return _card(request, _item(request, kind, found, form), first=first, status=status)


def _item(request: HttpRequest, kind: Kind, found: Any, form: ApprovalForm | None = None) -> Item:
    shown = item(kind, found, actor(request), moment(request))
    return shown.with_form(form) if form is not None else shown


def _card(request: HttpRequest, shown: Item, *, first: First | None = None, status: int = 200) -> HttpResponse:
    """The item alone: a page of its own, or the row that htmx replaces."""
    template = "web/approvals/card.html" if request.htmx else "web/approvals/one.html"  # type: ignore[attr-defined]
    return render(request, template, {"item": shown, "first": first}, status=status)


def _find(request: HttpRequest, kind: Kind, pk: uuid.UUID) -> Any:
    """404 for what the reader may not see."""
    rows = access.visible(kind.model._default_manager.all(), actor(request)).select_related(*kind.near)
    return get_object_or_404(rows, pk=pk)
